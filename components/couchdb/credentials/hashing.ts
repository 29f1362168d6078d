import { coerce, gte } from "semver";
import { defaultIterations, PasswordHashFunction } from "./password-hash";

/** The first version that accepts passwords hashed with SHA-256, and remembers which password fitted a hash. */
const firstWithSha256 = "3.4.0";

/**
 * How an administrator's password is hashed for nodes of these versions. Before 3.4 nodes hash the password of every
 * request, so many rounds would slow each of them: those versions have 10 by default.
 */
export function hashingFor(...versions: string[]): { hashFunction: PasswordHashFunction; iterations: number } {
  return versions.every((version) => gte(coerce(version) ?? "0.0.0", firstWithSha256))
    ? { hashFunction: PasswordHashFunction.Sha256, iterations: defaultIterations }
    : { hashFunction: PasswordHashFunction.Sha1, iterations: 10 };
}

/** Whether a version reads this line of `[admins]` as a hash, not as a password in plain text. */
export function takesForHash(line: string, version: string): boolean {
  return !line.startsWith("-pbkdf2:") || hashingFor(version).hashFunction === PasswordHashFunction.Sha256;
}
