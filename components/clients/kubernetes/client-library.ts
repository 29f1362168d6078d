/**
 * The Kubernetes client library: its types, by the names they have there, and what is used of it at run time. The build
 * bundles that alone, which loads in a quarter of the time: a file each for all kinds of Kubernetes takes half a second.
 */

/** Types of an ES module, which CommonJS must ask for in this way. */
type Library = typeof import("@kubernetes/client-node", { with: { "resolution-mode": "import" }});

/** What the build bundles. */
export const bundled = [
  "AppsV1Api",
  "CoreV1Api",
  "KubeConfig",
  "PatchStrategy",
  "ServerConfiguration",
  "Watch",
  "createConfiguration",
  "setHeaderOptions",
] as const;

/** What is used of the library, loaded at the first call. */
export function clientLibrary(): Pick<Library, (typeof bundled)[number]> {
  return require("./client-library.bundle.js");
}

export type AppsV1Api = InstanceType<Library["AppsV1Api"]>;
export type CoreV1Api = InstanceType<Library["CoreV1Api"]>;
export type KubeConfig = InstanceType<Library["KubeConfig"]>;
export type V1Pod = InstanceType<Library["V1Pod"]>;
export type V1StatefulSet = InstanceType<Library["V1StatefulSet"]>;
export type CoreV1Event = InstanceType<Library["CoreV1Event"]>;
export type V1ContainerStatus = InstanceType<Library["V1ContainerStatus"]>;
export type V1ConfigMap = InstanceType<Library["V1ConfigMap"]>;
export type V1Container = InstanceType<Library["V1Container"]>;
export type V1EndpointSlice = InstanceType<Library["V1EndpointSlice"]>;
export type V1LabelSelector = InstanceType<Library["V1LabelSelector"]>;
export type V1LabelSelectorRequirement = InstanceType<Library["V1LabelSelectorRequirement"]>;
export type V1Lease = InstanceType<Library["V1Lease"]>;
export type V1LeaseSpec = InstanceType<Library["V1LeaseSpec"]>;
export type V1ObjectMeta = InstanceType<Library["V1ObjectMeta"]>;
export type V1OwnerReference = InstanceType<Library["V1OwnerReference"]>;
export type V1ReplicaSet = InstanceType<Library["V1ReplicaSet"]>;
export type V1Secret = InstanceType<Library["V1Secret"]>;
export type V1Endpoint = InstanceType<Library["V1Endpoint"]>;
