import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The program as it is put into a ConfigMap. */
export interface Bundle {
  /** Name of its file. */
  file: string;
  text: string;
  /** Changes with the text. */
  hash: string;
}

/** Reads the program that the build has put beside this file. */
export function readBundle(): Bundle {
  const file = "program.bundle.js";
  const text = readFileSync(join(__dirname, file), "utf8");
  return { file, text, hash: createHash("sha256").update(text).digest("hex").slice(0, 10) };
}
