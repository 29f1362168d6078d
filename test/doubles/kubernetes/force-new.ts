import type { Configuration } from "./configuration";
import { apiVersionOf, type JsonObject, kindOf } from "./objects";

/**
 * The fields whose change replaces an object, as the real plugin has it: it does not ask the API server. They are
 * written as paths from the object's root; `*` stands for any element of an array.
 */
export function forceNewPaths(
  object: JsonObject,
  options: Pick<Configuration, "mutableConfigMaps" | "mutableSecrets">,
): string[][] {
  const type = `${apiVersionOf(object)}/${kindOf(object)}`;
  const fields = ["metadata.name", "metadata.namespace"];
  const immutable = object.immutable === true;
  if (type === "v1/Secret")
    fields.push("type", ...(options.mutableSecrets && !immutable ? [] : ["stringData", "data"]));
  else if (type === "v1/ConfigMap")
    fields.push(...(options.mutableConfigMaps && !immutable ? [] : ["binaryData", "data"]));
  else fields.push(...(FORCE_NEW[type] ?? []));
  return fields.map((field) => field.split("."));
}

const POD_FIELDS = [
  "affinity",
  "automountServiceAccountToken",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostname",
  "imagePullSecrets",
  "nodeName",
  "nodeSelector",
  "overhead",
  "preemptionPolicy",
  "priority",
  "priorityClassName",
  "readinessGates",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccount",
  "serviceAccountName",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "volumes",
];

const CONTAINER_FIELDS = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resources",
  "securityContext",
  "stdin",
  "stdinOnce",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];

const VOLUME_SOURCES = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "csi",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "photonPersistentDisk",
  "portworxVolume",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
  "vsphereVolume",
];

const spec = (...fields: string[]) => fields.map((field) => `spec.${field}`);

const FORCE_NEW: Record<string, string[]> = {
  "apps/v1/DaemonSet": spec("selector"),
  "apps/v1/Deployment": spec("selector"),
  "apps/v1/StatefulSet": spec(
    "podManagementPolicy",
    "revisionHistoryLimit",
    "selector",
    "serviceName",
    "volumeClaimTemplates",
  ),
  "batch/v1/Job": spec("completions", "parallelism", "selector", "template"),
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": spec(...VOLUME_SOURCES),
  "v1/PersistentVolumeClaim": spec("accessModes", "selector", "storageClassName", "volumeName"),
  "v1/Pod": [
    ...spec(...POD_FIELDS),
    ...spec(...CONTAINER_FIELDS.flatMap((field) => [`containers.*.${field}`, `initContainers.*.${field}`])),
  ],
  "v1/ResourceQuota": spec("scopes"),
  "v1/Service": spec("clusterIP"),
};
