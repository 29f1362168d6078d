import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** Hash functions that CouchDB takes for administrators' passwords. */
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
 * The line that stands for a password in `[admins]`: `-pbkdf2:sha256-KEY,SALT,ITERATIONS`. CouchDB takes it as it is
 * instead of hashing for itself, so that all nodes can have the very same one: with a salt of its own on each node,
 * a session cookie made by one would not be valid on another.
 *
 * The salt is 32 hexadecimal characters, and it is these characters, not the bytes they stand for, that are hashed.
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
