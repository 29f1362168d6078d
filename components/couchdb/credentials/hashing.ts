import { coerce, gte } from "semver";
import { defaultIterations, PasswordHashFunction } from "./password-hash";

/** The first version that takes passwords hashed with SHA-256, and remembers which password fitted a hash. */
const firstWithSha256 = "3.4.0";

/**
 * How an administrator's password is hashed for nodes of these versions. Before 3.4 each request hashes its password
 * anew, and would be kept waiting by many rounds: those versions have 10 by their own default.
 */
export function hashingFor(...versions: string[]): { hashFunction: PasswordHashFunction; iterations: number } {
  return versions.every((version) => gte(coerce(version) ?? "0.0.0", firstWithSha256))
    ? { hashFunction: PasswordHashFunction.Sha256, iterations: defaultIterations }
    : { hashFunction: PasswordHashFunction.Sha1, iterations: 10 };
}

/** Whether a version takes this line of `[admins]` for a hash, rather than for a password in plain text. */
export function takesForHash(line: string, version: string): boolean {
  return !line.startsWith("-pbkdf2:") || hashingFor(version).hashFunction === PasswordHashFunction.Sha256;
}
