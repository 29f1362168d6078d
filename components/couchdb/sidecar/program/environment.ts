import type { V1Container } from "../../../clients/kubernetes/client-library";
import { type KubernetesApi, KubernetesError } from "./kubernetes";

/** CouchDB's default port. */
const defaultPort = 5984;

/**
 * The container that runs CouchDB: found by its name (the StatefulSet's, as for couchdiscover, or `couchdb`), by its
 * port, or by its image; otherwise the first.
 */
export function couchDbContainer(statefulSet: string, containers: readonly V1Container[]): V1Container | undefined {
  const marks: ((container: V1Container) => boolean)[] = [
    ({ name }) => name === statefulSet,
    ({ name }) => name === "couchdb",
    ({ ports = [] }) => ports.some(({ containerPort }) => containerPort === defaultPort),
    ({ image = "" }) => /(^|\/)couchdb(:|@|$)/.test(image),
  ];
  return marks.map((mark) => containers.find(mark)).find((found) => found !== undefined) ?? containers[0];
}

/** Names of its port in pod specs; `data` in those for couchdiscover. */
const portNames = ["couchdb", "http", "data"];

/** The port on which CouchDB answers: 5984 if the container has it, otherwise the one that is named after it. */
export function portOf({ ports = [] }: Pick<V1Container, "ports">): number {
  const numbered = ports.find(({ containerPort }) => containerPort === defaultPort);
  const named = portNames.map((known) => ports.find(({ name }) => name === known)).find((port) => port !== undefined);
  return (numbered ?? named)?.containerPort ?? defaultPort;
}

/** Values of a ConfigMap or Secret by key. */
type Values = Record<string, string>;

/** The environment of a container as Kubernetes sets it, read from the API variable by variable. */
export class ContainerEnvironment {
  private readonly read = new Map<string, Promise<Values>>();

  constructor(
    private readonly container: V1Container,
    private readonly api: KubernetesApi,
  ) {}

  /** The variable's value; `undefined` if the container has none. Reads only what the variable refers to. */
  async value(name: string): Promise<string | undefined> {
    const { env = [], envFrom = [] } = this.container;
    const at = env.findLastIndex((variable) => variable.name === name);
    if (at >= 0) return this.direct(at);

    let unreadable: unknown;
    for (const { prefix = "", configMapRef, secretRef } of envFrom.toReversed()) {
      if (!name.startsWith(prefix)) continue;
      try {
        const values = configMapRef
          ? await this.values("configMap", configMapRef)
          : secretRef && (await this.values("secret", secretRef));
        const found = values?.[name.slice(prefix.length)];
        if (found !== undefined) return found;
      } catch (error) {
        // The variable may come from elsewhere.
        unreadable ??= error;
      }
    }
    if (unreadable !== undefined) throw unreadable;
    return undefined;
  }

  private async direct(at: number): Promise<string | undefined> {
    const { value, valueFrom } = this.container.env![at]!;
    if (valueFrom?.configMapKeyRef) {
      const { key, ...reference } = valueFrom.configMapKeyRef;
      return (await this.values("configMap", reference))[key];
    }
    if (valueFrom?.secretKeyRef) {
      const { key, ...reference } = valueFrom.secretKeyRef;
      return (await this.values("secret", reference))[key];
    }
    return value === undefined ? undefined : this.expand(value, at);
  }

  /** `$(NAME)` is the value of a variable that stands before; `$$` is a dollar sign. */
  private async expand(value: string, before: number): Promise<string> {
    const parts = value.split(/(\$\$|\$\([^()]+\))/);
    const expanded = parts.map(async (part) => {
      if (part === "$$") return "$";
      const name = /^\$\((.+)\)$/.exec(part)?.[1];
      if (name === undefined) return part;
      const { env, ...rest } = this.container;
      const earlier = new ContainerEnvironment({ ...rest, env: env!.slice(0, before) }, this.api);
      return (await earlier.value(name)) ?? part;
    });
    return (await Promise.all(expanded)).join("");
  }

  private values(
    kind: "configMap" | "secret",
    { name = "", optional }: { name?: string; optional?: boolean },
  ): Promise<Values> {
    const key = `${kind} ${name}`;
    const reading = this.read.get(key) ?? this.api[kind](name);
    this.read.set(key, reading);
    return reading.catch((error: unknown) => {
      if (optional && error instanceof KubernetesError && error.status === 404) return {};
      throw error;
    });
  }
}
