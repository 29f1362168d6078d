import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A program of this package as the build has bundled it: one file that a stock Node.js image runs. */
export interface Bundle {
  /** Name of its file. */
  file: string;
  text: string;
  /** Changes with the text. */
  hash: string;
}

/** Reads the program of a room, a folder of `components/`. */
export function readBundle(room: string): Bundle {
  const file = "program.bundle.js";
  return bundleOf(file, readFileSync(join(__dirname, "..", "..", room, file), "utf8"));
}

/** A bundle with this text. */
export function bundleOf(file: string, text: string): Bundle {
  return { file, text, hash: contentHash(text) };
}

/** Enough of a hash to distinguish contents. */
export function contentHash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}
