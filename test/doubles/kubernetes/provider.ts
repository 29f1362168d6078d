import { isForbidden, isNamespaceMissing, isNotFound, NoMatchError } from "./api-error";
import { apply, applyPatiently, type Cluster, get, isForced, replace } from "./apply";
import { awaitReady, checkReady } from "./await";
import { hasName, isAutonamed, named } from "./check";
import { type Checkpoint, checkpointOf, outputsOf } from "./checkpoint";
import { type Configuration, configure, unsupported, type Variables } from "./configuration";
import { type Change, diffOf } from "./diff";
import { forceNewPaths } from "./force-new";
import { idOf, parseId, parseUrn, uniqueName } from "./identity";
import { withIgnoredAsLive, withoutIgnored } from "./ignore-changes";
import { normalized } from "./normalize";
import {
  annotationOf,
  apiVersionOf,
  type JsonObject,
  kindOf,
  nameOf,
  namespaceOf,
  numberAt,
  withoutValueAt,
  withValueAt,
} from "./objects";
import { AwaitError, PartialFailure } from "./partial-failure";
import { pruned } from "./prune";
import { remove } from "./remove";
import { holdsUnknowns, plain, withSecretsOf } from "./values";

export type Severity = "debug" | "info" | "warning" | "error";
export type Log = (severity: Severity, urn: string, message: string, isStatus?: boolean) => void;

export interface DiffAnswer {
  changes: Map<string, Change>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

const DELETE_TIMEOUT_SECONDS = 600;

/** Answers the engine as pulumi-kubernetes 4 does in its default mode, server-side apply. */
export class Provider {
  private configuration!: Configuration;
  private readonly cancelled = new AbortController();

  constructor(private readonly log: Log) {}

  async configure(variables: Variables): Promise<void> {
    this.configuration = await configure(variables);
  }

  cancel(): void {
    this.cancelled.abort();
  }

  async check(urn: string, olds: JsonObject, news: JsonObject, seed: Uint8Array): Promise<JsonObject> {
    const { kind, type } = parseUrn(urn);
    if (type.startsWith("kubernetes:helm.sh/") || type.startsWith("kubernetes:kustomize/")) throw unsupported(type);
    if (kind.endsWith("List"))
      throw new Error(
        "list resources exist for compatibility with YAML manifests and Helm charts, and cannot be created directly. Use the underlying resource type instead",
      );
    if (kind.endsWith("Patch")) throw unsupported(`the patch resource ${type}`);
    const { cluster, namespace, skipUpdateUnreachable } = this.configuration;
    if (!cluster && skipUpdateUnreachable) return olds;
    const old = Object.keys(olds).length > 0 ? plain(olds) : undefined;
    let inputs = named(normalized(plain(news)), old, urn, seed);
    if (!hasName(inputs) && inputs.metadata && "generateName" in (inputs.metadata as JsonObject))
      throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
    if (!namespaceOf(inputs) && (await this.isNamespaced(inputs)))
      inputs = withValueAt(inputs, ["metadata", "namespace"], namespace);
    return withSecretsOf(news, inputs);
  }

  /** Where nothing is known of the kind, it is taken to be namespaced, as most are. */
  private async isNamespaced(object: JsonObject): Promise<boolean> {
    try {
      return (await this.configuration.cluster?.discovery.kindOf(object))?.namespaced ?? true;
    } catch (error) {
      if (error instanceof NoMatchError) return true;
      throw error;
    }
  }

  async diff(olds: JsonObject, news: JsonObject, ignored: readonly string[]): Promise<DiffAnswer> {
    const old = checkpointOf(olds);
    let wanted = normalized(plain(news));
    let present = pruned(old.live, normalized(old.inputs));
    if (await this.isNamespaced(wanted)) {
      present = withValueAt(present, ["metadata", "namespace"], namespaceOf(present) || "default");
      wanted = withValueAt(wanted, ["metadata", "namespace"], namespaceOf(wanted) || "default");
    } else {
      present = withoutValueAt(present, "metadata", "namespace");
      wanted = withoutValueAt(wanted, "metadata", "namespace");
    }
    present = { apiVersion: apiVersionOf(wanted), kind: kindOf(wanted), ...present };
    present = withoutValueAt(present, "metadata", "resourceVersion");
    if (nameOf(wanted)) present = withValueAt(present, ["metadata", "name"], nameOf(old.live));

    const changes = withoutIgnored(diffOf(present, wanted, forceNewPaths(wanted, this.configuration)), ignored);
    const replaces = [...changes].filter(([, change]) => change.replace).map(([path]) => path);
    const takesSamePlace = nameOf(wanted) === nameOf(old.live) && namespaceOf(wanted) === namespaceOf(old.live);
    const deleteBeforeReplace = replaces.length > 0 && hasName(wanted) && !isAutonamed(wanted) && takesSamePlace;
    return { changes, replaces, deleteBeforeReplace };
  }

  async create(urn: string, properties: JsonObject, preview: boolean, timeout: number) {
    if (!preview) this.reachable();
    const inputs = plain(properties);
    if (preview && (holdsUnknowns(inputs) || !(await this.isServed(inputs)))) return { id: "", outputs: properties };
    const cluster = this.reachable();
    const fieldManager = this.fieldManager(inputs, "");
    const checkpoint = { inputs, initialApiVersion: apiVersionOf(inputs), fieldManager };
    let live: JsonObject;
    try {
      const force = isForced(inputs, preview);
      live = await applyPatiently(cluster, inputs, { fieldManager, preview, force });
    } catch (error) {
      if (preview && (isForbidden(error) || isNamespaceMissing(error))) return { id: "", outputs: properties };
      if (error instanceof NoMatchError)
        throw new Error(
          `creation of resource ${JSON.stringify(urn)} with kind ${apiVersionOf(inputs)}/${kindOf(inputs)} failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${error.message}`,
        );
      throw new Error(
        `resource ${JSON.stringify(urn)} was not successfully created by the Kubernetes API server: ${(error as Error).message}`,
      );
    }
    if (preview) {
      const { status: _, ...planned } = live;
      return { id: "", outputs: outputsOf({ ...checkpoint, live: planned }, properties) };
    }
    const ready = await this.ready(urn, inputs, live, timeout);
    const outputs = outputsOf({ ...checkpoint, live: ready.live }, properties);
    if (ready.error) {
      const message = `resource ${JSON.stringify(urn)} was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${ready.error.message}`;
      throw new PartialFailure(idOf(ready.live), message, outputs, ready.error.reasons);
    }
    return { id: idOf(ready.live), outputs };
  }

  async update(
    urn: string,
    olds: JsonObject,
    news: JsonObject,
    options: { preview: boolean; timeout: number; ignored: readonly string[] },
  ): Promise<JsonObject> {
    const { preview, timeout } = options;
    if (!preview) this.reachable();
    const inputs = normalized(plain(news));
    if (preview && (holdsUnknowns(inputs) || !(await this.isServed(inputs)))) return news;
    const cluster = this.reachable();
    const old = checkpointOf(olds);
    const fieldManager = this.fieldManager(inputs, old.fieldManager);
    const initialApiVersion = old.initialApiVersion || apiVersionOf(old.inputs);
    let live: JsonObject | undefined;
    let failure: Error | undefined;
    try {
      const before = await get(cluster, { ...inputs, metadata: old.live.metadata! });
      if (kindOf(inputs) === "CustomResourceDefinition") live = await replace(cluster, inputs, before, preview);
      else {
        const kept = withIgnoredAsLive(inputs, before, options.ignored, fieldManager);
        live = await apply(cluster, kept, { fieldManager, preview, force: isForced(inputs, false) });
      }
      if (!preview) {
        const ready = await this.ready(urn, inputs, live, timeout);
        live = ready.live;
        failure = ready.error;
      }
    } catch (error) {
      if (preview && isForbidden(error)) return news;
      if (error instanceof NoMatchError)
        throw new Error(
          `update of resource ${JSON.stringify(urn)} failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${error.message}`,
        );
      failure = error as Error;
      live = await get(cluster, old.live).catch((getError: Error) => {
        throw new Error(
          `update of resource ${JSON.stringify(urn)} failed: ${failure?.message}\nunable to get cluster state: ${getError.message}`,
        );
      });
    }
    const outputs = outputsOf({ inputs, live, initialApiVersion, fieldManager }, news);
    if (!failure) return outputs;
    const message = `the Kubernetes API server reported that ${JSON.stringify(idOf(live))} failed to fully initialize or become live: ${failure.message}`;
    throw new PartialFailure(idOf(live), message, outputs, failure instanceof AwaitError ? failure.reasons : []);
  }

  /** Waits for the object, unless it is not to be waited for, and returns it as it then is. */
  private async ready(urn: string, inputs: JsonObject, applied: JsonObject, timeout: number) {
    const cluster = this.reachable();
    let error: AwaitError | undefined;
    try {
      await awaitReady({
        cluster,
        inputs,
        applied,
        timeoutSeconds: timeoutOf(timeout, inputs),
        signal: this.cancelled.signal,
        say: (message) => this.log("info", urn, message, true),
      });
    } catch (thrown) {
      if (!(thrown instanceof AwaitError)) throw thrown;
      error = thrown;
    }
    return { live: await get(cluster, applied).catch(() => applied), error };
  }

  async read(urn: string, id: string, outputs: JsonObject, oldInputs: JsonObject) {
    const { cluster, unreachable, deleteUnreachable, skipUpdateUnreachable } = this.configuration;
    if (!cluster) {
      this.log("warning", urn, `configured Kubernetes cluster is unreachable: ${unreachable}`);
      if (deleteUnreachable) return undefined;
      if (skipUpdateUnreachable) return { id, outputs, inputs: oldInputs };
      throw new Error(
        'failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
      );
    }
    const old = checkpointOf(outputs);
    let inputs = normalized(plain(oldInputs));
    const isNew = !kindOf(inputs) && !kindOf(old.live);
    const source = kindOf(inputs) ? inputs : kindOf(old.live) ? old.live : parseUrn(urn);
    inputs = identified(inputs, { apiVersion: String(source.apiVersion), kind: String(source.kind) }, id);
    let live: JsonObject;
    try {
      const { namespace, name } = parseId(id);
      live = await get(cluster, withPlace(inputs, namespace, name));
    } catch (error) {
      if (isNotFound(error) || error instanceof NoMatchError) return undefined;
      throw error;
    }
    const liveInputs = isNew ? inputsFrom(live) : pruned(live, inputs);
    const checkpoint: Checkpoint = {
      inputs: liveInputs,
      live,
      initialApiVersion: old.initialApiVersion || apiVersionOf(inputs),
      fieldManager: this.fieldManager(inputs, old.fieldManager),
    };
    const read = { id, outputs: outputsOf(checkpoint, oldInputs), inputs: withSecretsOf(oldInputs, liveInputs) };
    if (isNew) return read;
    try {
      await checkReady(cluster, inputs, live);
      return read;
    } catch (error) {
      if (!(error instanceof AwaitError)) throw error;
      throw new PartialFailure(id, error.message, read.outputs, error.reasons, read.inputs);
    }
  }

  async delete(urn: string, id: string, properties: JsonObject, timeout: number): Promise<void> {
    const { cluster, unreachable, deleteUnreachable } = this.configuration;
    if (!cluster) {
      this.log("warning", urn, `configured Kubernetes cluster is unreachable: ${unreachable}`);
      if (deleteUnreachable) return;
      throw new Error(
        'configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
      );
    }
    const old = checkpointOf(properties);
    const { name } = parseId(id);
    const inputs = Object.keys(old.inputs).length > 0 ? old.inputs : old.live;
    const object = withPlace(inputs, namespaceOf(old.live), name);
    let left: JsonObject | undefined;
    try {
      const seconds = timeoutOf(timeout, inputs) ?? DELETE_TIMEOUT_SECONDS;
      left = await remove(cluster, object, inputs, seconds, this.cancelled.signal);
    } catch (error) {
      if (error instanceof NoMatchError) return;
      throw error;
    }
    if (!left) return;
    const what = `${apiVersionOf(inputs)}/${kindOf(inputs)}`;
    const outputs = outputsOf({ ...old, live: left }, properties);
    throw new PartialFailure(id, `timed out waiting for deletion of ${what} ${JSON.stringify(name)}`, outputs, [
      ...finalizersOf(left),
    ]);
  }

  /** @throws where the cluster did not answer when the provider was configured. */
  private reachable(): Cluster {
    const { cluster, unreachable } = this.configuration;
    if (!cluster) throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
    return cluster;
  }

  private async isServed(inputs: JsonObject): Promise<boolean> {
    return (await this.configuration.cluster?.discovery.serves(inputs)) ?? false;
  }

  /** Each object has a manager of its own, so that what two stacks both set is a conflict. */
  private fieldManager(inputs: JsonObject, former: string): string {
    const annotated = annotationOf(inputs, "pulumi.com/patchFieldManager");
    return annotated || former || uniqueName("pulumi-kubernetes-", new Uint8Array());
  }
}

/** The seconds that the resource's options or an annotation give. */
function timeoutOf(requested: number, inputs: JsonObject): number | undefined {
  return requested || Number.parseInt(annotationOf(inputs, "pulumi.com/timeoutSeconds"), 10) || undefined;
}

function identified(inputs: JsonObject, type: { apiVersion: string; kind: string }, id: string): JsonObject {
  if (kindOf(inputs)) return inputs;
  const { namespace, name } = parseId(id);
  return withPlace({ ...inputs, ...type }, namespaceOf(inputs) || namespace, nameOf(inputs) || name);
}

function withPlace(object: JsonObject, namespace: string, name: string): JsonObject {
  const named = withValueAt(object, ["metadata", "name"], name);
  return namespace ? withValueAt(named, ["metadata", "namespace"], namespace) : named;
}

/** What an object that was not made by Pulumi would have been made of. */
function inputsFrom(live: JsonObject): JsonObject {
  const { status: _, ...inputs } = normalized(live);
  const cleared = withoutValueAt(inputs, "metadata", "annotations", "deployment.kubernetes.io/revision");
  return withoutValueAt(cleared, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration");
}

function finalizersOf(object: JsonObject): string[] {
  const metadata = object.metadata as JsonObject;
  const seconds = numberAt(metadata, "deletionGracePeriodSeconds");
  const finalizers = Array.isArray(metadata.finalizers) ? metadata.finalizers.map(String) : [];
  if (finalizers.length > 0) return [`finalizers are left: ${finalizers.join(", ")}`];
  return seconds ? [`its grace period is ${seconds} s`] : [];
}
