import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { replaceable } from "./metadata";

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
  const text = readFileSync(join(__dirname, "..", room, file), "utf8");
  return { file, text, hash: contentHash(text) };
}

/** Enough of a hash to tell one content from another. */
export function contentHash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}

/**
 * Declares the ConfigMap with a program. Pulumi names it: a changed program is a new one, so the pods restart, and the
 * old one stays until they have. A name made of the content would be deleted under the pods, where a change that failed
 * is taken back.
 */
export function programConfigMap(
  name: string,
  { file, text, hash }: BundledProgram,
  metadata: Pick<kubernetes.types.input.meta.v1.ObjectMeta, "namespace" | "labels" | "annotations">,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
  const annotations = pulumi.output(metadata.annotations).apply((own) => ({ ...own, "pulumi-couch/program": hash }));
  return new kubernetes.core.v1.ConfigMap(
    name,
    { metadata: { ...metadata, annotations }, immutable: true, data: { [file]: text } },
    // Its text is no reading for a pull request; the annotation tells that it has changed.
    { ...opts, ...replaceable, hideDiffs: ["data"] },
  );
}
