/**
 * Types of the Kubernetes client library, by the names they have there. Imported from here: the library is an ES
 * module, whose types CommonJS must ask for in this way.
 */
type Library = typeof import("@kubernetes/client-node", { with: { "resolution-mode": "import" }});

export type AppsV1Api = InstanceType<Library["AppsV1Api"]>;
export type CoreV1Api = InstanceType<Library["CoreV1Api"]>;
export type KubeConfig = InstanceType<Library["KubeConfig"]>;
export type V1Pod = InstanceType<Library["V1Pod"]>;
export type V1StatefulSet = InstanceType<Library["V1StatefulSet"]>;
export type CoreV1Event = InstanceType<Library["CoreV1Event"]>;
export type V1ContainerStatus = InstanceType<Library["V1ContainerStatus"]>;
