/** Which pod of which StatefulSet this is, from its full name: `POD-ORDINAL.SERVICE.NAMESPACE.svc.DOMAIN`. */
export interface Identity {
  statefulSet: string;
  ordinal: number;
  /** The headless Service. */
  service: string;
  namespace: string;
  /** Of the Kubernetes cluster: `cluster.local`. */
  domain: string;
}

/** Where the pod's name is found. */
export interface IdentitySources {
  /** The pod's short name. */
  hostname: string;
  /** Text of /etc/hosts, which names a StatefulSet's pod in full. */
  hosts: string;
  /** Text of /etc/resolv.conf, whose search list holds `NAMESPACE.svc.DOMAIN`. */
  resolver: string;
  /** CLUSTER_DOMAIN; goes before the files. */
  domain?: string;
}

/**
 * Finds out which pod this is.
 *
 * @throws Error if it is not a pod of a StatefulSet with a headless Service
 */
export function identityOf({ hostname, hosts, resolver, domain }: IdentitySources): Identity {
  const [pod = "", ...labels] = (fullName(hostname, hosts) ?? hostname).replace(/\.$/, "").split(".");
  const [service, namespace, svc, ...rest] = labels;
  const { statefulSet, ordinal } = podName(pod) ?? {};
  if (statefulSet === undefined || ordinal === undefined || !service || !namespace || svc !== "svc")
    throw new Error(
      `this pod's name, ${[pod, ...labels].join(".")}, is not POD-ORDINAL.SERVICE.NAMESPACE.svc.DOMAIN; run this beside ` +
        "CouchDB in a StatefulSet whose serviceName is a headless Service",
    );
  const known = domain || rest.join(".") || searched(resolver, namespace) || "cluster.local";
  return { statefulSet, ordinal, service, namespace, domain: known };
}

/** The name in full, from the line of /etc/hosts that has the short one. */
function fullName(hostname: string, hosts: string): string | undefined {
  const names = hosts
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim().split(/\s+/).slice(1))
    .find((names) => names.includes(hostname) || names.some((name) => name.startsWith(`${hostname}.`)));
  return names?.find((name) => name.startsWith(`${hostname}.`));
}

function searched(resolver: string, namespace: string): string | undefined {
  const search = resolver.split("\n").find((line) => /^\s*search\s/.test(line));
  const suffix = `${namespace}.svc.`;
  const found = search
    ?.trim()
    .split(/\s+/)
    .find((domain) => domain.startsWith(suffix));
  return found?.slice(suffix.length).replace(/\.$/, "");
}

/** Splits a pod's name at its last hyphen: the StatefulSet's own name may have hyphens and digits. */
function podName(pod: string): { statefulSet: string; ordinal: number } | undefined {
  const found = /^(.+)-(\d+)$/.exec(pod);
  return found ? { statefulSet: found[1]!, ordinal: Number(found[2]) } : undefined;
}

/** The full name of the pod with this ordinal. */
export function hostOf({ statefulSet, service, namespace, domain }: Identity, ordinal: number): string {
  return `${statefulSet}-${ordinal}.${service}.${namespace}.svc.${domain}`;
}

/** The ordinal of the pod whose name a node has; `undefined` if it is not of this StatefulSet. */
export function ordinalOf({ statefulSet, service, namespace }: Identity, node: string): number | undefined {
  const [pod = "", ...labels] = node.slice(node.indexOf("@") + 1).split(".");
  const parts = podName(pod);
  const ours = parts?.statefulSet === statefulSet && labels[0] === service && labels[1] === namespace;
  return ours ? parts.ordinal : undefined;
}
