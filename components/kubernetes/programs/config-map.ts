import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ObjectMetadata, replaceable } from "../metadata";
import type { Bundle } from "./bundle";
import type { MountedProgram, MountPlace } from "./mounted";

/** What Kubernetes takes in one ConfigMap. */
export const configMapLimitBytes = 1024 * 1024;

/** Annotation with the hash of a program: shows in a diff that it has changed. */
export const programAnnotation = "pulumi-couch/program";

/**
 * Packs a program as a ConfigMap. Pulumi names it: a changed program is a new ConfigMap, so the pods restart, and the old
 * one stays until they have. A name made of the content would be deleted under the pods where a failed change is
 * reverted. Throws if the program is too large.
 */
export function programConfigMap(
  name: string,
  bundle: Bundle,
  metadata: ObjectMetadata,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
  const bytes = Buffer.byteLength(bundle.text);
  if (bytes > configMapLimitBytes)
    throw new Error(
      `${bundle.file} of ${name} has ${bytes} bytes, and a ConfigMap takes ${configMapLimitBytes}; pack it for an init container`,
    );
  return new kubernetes.core.v1.ConfigMap(
    name,
    {
      metadata: metadata.of(undefined, { [programAnnotation]: bundle.hash }),
      immutable: true,
      data: { [bundle.file]: bundle.text },
    },
    // Its text is too long to review; the annotation shows that it has changed.
    { ...opts, ...replaceable, hideDiffs: ["data"] },
  );
}

/** A program in a ConfigMap, as a container runs it. */
export function mountedConfigMap(
  { file }: Pick<Bundle, "file">,
  configMap: pulumi.Input<string>,
  { volume, folder }: MountPlace,
): MountedProgram {
  return {
    path: `${folder}/${file}`,
    mount: { name: volume, mountPath: folder, readOnly: true },
    volumes: [{ name: volume, configMap: { name: configMap } }],
    initContainers: [],
  };
}
