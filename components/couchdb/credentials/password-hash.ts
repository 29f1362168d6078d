import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** Hash functions that CouchDB accepts for administrators' passwords. */
export const PasswordHashFunction = {
  /** PBKDF2 with SHA-256, for CouchDB 3.4 or newer. */
  Sha256: "sha256",
  /** PBKDF2 with SHA-1, for every version. */
  Sha1: "sha1",
} as const;
/** One of {@link PasswordHashFunction}. */
export type PasswordHashFunction = (typeof PasswordHashFunction)[keyof typeof PasswordHashFunction];

/**
 * CouchDB's own default since 3.5 (`[chttpd_auth] iterations`).
 *
 * @see https://docs.couchdb.org/en/stable/config/auth.html
 */
export const defaultIterations = 600_000;

const derive = promisify(pbkdf2);

const schemes = {
  sha256: { prefix: "-pbkdf2:sha256-", keyLength: 32 },
  sha1: { prefix: "-pbkdf2-", keyLength: 20 },
} as const;

/**
 * A password's line in `[admins]`: `-pbkdf2:sha256-KEY,SALT,ITERATIONS`. CouchDB keeps it as it is instead of hashing by
 * itself, so that all nodes can have the same one: if each node had its own salt, a session cookie of one would not be
 * valid on another.
 *
 * The salt is 32 hexadecimal characters; CouchDB hashes these characters, not the bytes they encode.
 */
export async function hashPassword(
  password: string,
  hashFunction: PasswordHashFunction = PasswordHashFunction.Sha256,
  iterations = defaultIterations,
  salt = randomBytes(16).toString("hex"),
): Promise<string> {
  const { prefix, keyLength } = schemes[hashFunction];
  const key = await derive(password, salt, iterations, keyLength, hashFunction);
  return `${prefix}${key.toString("hex")},${salt},${iterations}`;
}
