/** Password hashes: made and checked with PBKDF2 as CouchDB does, and the lines of `[admins]` that hold them. */
import { createHash, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { lt } from "semver";
import type { Hasher, PasswordHash } from "./node-context";

const derive = promisify(pbkdf2);
const keyLength: Record<string, number> = { sha: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };

/** Whether a version is older than 3.4: it knows SHA-1 only, and computes a hash at each check of a password. */
export function isLegacy(version: string): boolean {
  return lt(version, "3.4.0");
}

/** Hashes with the iterations of now; remembers which password fitted a hash, so that only the first check is slow. */
export class Pbkdf2Hasher implements Hasher {
  private readonly checked = new Map<string, string>();

  constructor(
    private readonly iterations: () => number,
    private readonly legacy = false,
  ) {}

  async hash(password: string): Promise<PasswordHash> {
    const salt = randomBytes(16).toString("hex");
    const iterations = this.iterations();
    const derived_key = await deriveKey(password, salt, iterations, this.legacy ? "sha" : "sha256");
    const prf = this.legacy ? {} : { pbkdf2_prf: "sha256" };
    return { password_scheme: "pbkdf2", ...prf, iterations, salt, derived_key };
  }

  async verify(password: string, hash: PasswordHash): Promise<boolean> {
    const id = `${hash.salt},${hash.derived_key}`;
    const digest = createHash("sha256").update(password).digest("hex");
    const known = this.checked.get(id);
    // A known hash answers at once for wrong passwords too.
    if (known !== undefined) return known === digest;
    const key = await deriveKey(password, hash.salt, hash.iterations, hash.pbkdf2_prf ?? "sha");
    if (!sameText(key, hash.derived_key)) return false;
    if (!this.legacy) this.checked.set(id, digest);
    return true;
  }
}

async function deriveKey(password: string, salt: string, iterations: number, prf: string): Promise<string> {
  // The salt's text itself is the salt, not the bytes its hex digits stand for.
  const key = await derive(password, salt, iterations, keyLength[prf] ?? 32, prf === "sha" ? "sha1" : prf);
  return key.toString("hex");
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** The hash in a line of `[admins]`; undefined for a password in plain text, which can't be used to log in. */
export function parseAdminLine(line: string): PasswordHash | undefined {
  const match = /^-pbkdf2(?::(\w+))?-([0-9a-f]+),([^,]+),(\d+)$/.exec(line);
  if (!match) return undefined;
  const [, prf, derived_key, salt, iterations] = match;
  return {
    password_scheme: "pbkdf2",
    ...(prf ? { pbkdf2_prf: prf } : {}),
    iterations: Number(iterations),
    salt: salt!,
    derived_key: derived_key!,
  };
}

/** The line of `[admins]` for a hash. */
export function adminLine(hash: PasswordHash): string {
  const prf = hash.pbkdf2_prf ? `:${hash.pbkdf2_prf}` : "";
  return `-pbkdf2${prf}-${hash.derived_key},${hash.salt},${hash.iterations}`;
}

/** Whether a value of `[admins]` is a hash already, of whatever kind; to legacy nodes the newer kind is a password. */
export function isHashed(line: string, legacy = false): boolean {
  return (legacy ? /^-(hashed|pbkdf2)-/ : /^-(hashed|pbkdf2)[-:]/).test(line);
}
