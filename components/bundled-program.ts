import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A program of this package, as the build has put it beside what declares it: one file for a stock image of Node.js. */
export interface BundledProgram {
  /** Name of its file. */
  file: string;
  text: string;
  /** Changes with the text. */
  hash: string;
}

/** Reads the program of a room: a folder of `components/`. */
export function readProgram(room: string): BundledProgram {
  const file = "program.bundle.js";
  const text = readFileSync(join(__dirname, room, file), "utf8");
  return { file, text, hash: contentHash(text) };
}

/** Enough of a hash to tell one content from another, in an object's name. */
export function contentHash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}

/**
 * Declares the ConfigMap with a program. Its name should have the program's hash in it: then a changed program restarts
 * the pods, and the old one stays until they are.
 */
export function programConfigMap(
  name: string,
  { file, text }: BundledProgram,
  metadata: kubernetes.types.input.meta.v1.ObjectMeta,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
  return new kubernetes.core.v1.ConfigMap(
    name,
    { metadata, immutable: true, data: { [file]: text } },
    // Its text is no reading for a pull request.
    { ...opts, hideDiffs: ["data"] },
  );
}
