import { gzipSync } from "node:zlib";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ObjectMetadata, replaceable } from "../metadata";
import { restrictedReadOnly } from "../security";
import type { Bundle } from "./bundle";
import { programAnnotation } from "./config-map";
import type { MountedProgram, MountPlace } from "./mounted";

type Container = kubernetes.types.input.core.v1.Container;

/** Size of a part: 1 MiB in base64, as it is sent to the API server. */
export const partBytes = 768 * 1024;

/** Compresses a program and splits it into parts that fit in a ConfigMap each. */
export function partsOf({ text }: Bundle): Buffer[] {
  const packed = gzipSync(text, { level: 9 });
  const count = Math.ceil(packed.length / partBytes);
  return Array.from({ length: count }, (_, index) => packed.subarray(index * partBytes, (index + 1) * partBytes));
}

/** File of a part, so that their names' order is that of the parts. */
export function partFile(index: number): string {
  return `part-${String(index).padStart(3, "0")}`;
}

/**
 * Unpacks the parts: `node -e SCRIPT PARTS-FOLDER FILE`. In a projected volume there are hidden entries besides. The
 * file gets its name once it is complete: the container may be interrupted and run again.
 */
export const unpackScript = `
const { readdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const [folder, file] = process.argv.slice(1);
const parts = readdirSync(folder).filter((name) => name.startsWith("part-")).sort();
const packed = Buffer.concat(parts.map((name) => readFileSync(join(folder, name))));
writeFileSync(file + ".new", require("node:zlib").gunzipSync(packed));
renameSync(file + ".new", file);
`.trim();

/** What of the init container its component decides: as for the main container. */
export type UnpackingContainer = Pick<Container, "image" | "imagePullPolicy" | "resources"> & {
  /** Default: restricted, with a read-only root file system. */
  securityContext?: Container["securityContext"];
};

/**
 * Packs a program that is too large for one ConfigMap: compressed, in several, which one volume brings together and an
 * init container unpacks into an `emptyDir`.
 */
export function unpackedProgram(
  name: string,
  bundle: Bundle,
  metadata: ObjectMetadata,
  { volume, folder }: MountPlace,
  container: UnpackingContainer,
  opts: pulumi.CustomResourceOptions,
): MountedProgram {
  const configMaps = partsOf(bundle).map(
    (part, index) =>
      new kubernetes.core.v1.ConfigMap(
        // With the hash, a changed program is made of new resources, and `ignoreChanges` applies to unchanged ones only.
        `${name}-${bundle.hash}-${index}`,
        {
          metadata: metadata.of(undefined, { [programAnnotation]: bundle.hash }),
          immutable: true,
          binaryData: { [partFile(index)]: part.toString("base64") },
        },
        // Another version of Node.js compresses the same program to other bytes.
        { ...opts, ...replaceable, hideDiffs: ["binaryData"], ignoreChanges: ["binaryData"] },
      ),
  );
  const parts = `${volume}-parts`;
  const partsFolder = `${folder}.parts`;
  const path = `${folder}/${bundle.file}`;
  return {
    path,
    mount: { name: volume, mountPath: folder, readOnly: true },
    volumes: [
      { name: volume, emptyDir: {} },
      { name: parts, projected: { sources: configMaps.map((one) => ({ configMap: { name: one.metadata.name } })) } },
    ],
    initContainers: [
      {
        securityContext: restrictedReadOnly,
        ...container,
        name: `${volume}-unpack`,
        command: ["node", "-e", unpackScript, partsFolder, path],
        volumeMounts: [
          { name: parts, mountPath: partsFolder, readOnly: true },
          { name: volume, mountPath: folder },
        ],
      },
    ],
  };
}
