/** The file with the Erlang cookie. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The cookie in the folder's file, which is made where there is none. As Erlang does, refuses a file others can read. */
export function cookieOf(folder: string): string {
  const file = join(folder, ".erlang.cookie");
  if (!existsSync(file)) writeFileSync(file, randomBytes(10).toString("hex").toUpperCase(), { mode: 0o400 });
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`Cookie file ${file} must be accessible by owner only`);
  return readFileSync(file, "utf8").trim();
}
