import { checkpointOf } from "./checkpoint";
import { configure, unsupported, type Variables } from "./configuration";
import { type Change, diffOf } from "./diff";
import { forceNewPaths } from "./force-new";
import { parseUrn } from "./identity";
import { withoutIgnored } from "./ignore-changes";
import { hasName, isAutonamed, named } from "./naming";
import { normalized } from "./normalize";
import {
  annotationOf,
  apiVersionOf,
  type JsonObject,
  kindOf,
  nameOf,
  namespaceOf,
  withoutValueAt,
  withValueAt,
} from "./objects";
import { pruned } from "./prune";
import { type Log, Session } from "./session";
import { plain, withSecretsOf } from "./values";

export interface DiffAnswer {
  changes: Map<string, Change>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** Answers the engine as pulumi-kubernetes 4 does in its default mode, server-side apply. */
export class Provider {
  private configured: Session | undefined;
  private readonly cancelled = new AbortController();

  constructor(private readonly log: Log) {}

  async configure(variables: Variables): Promise<void> {
    this.configured = new Session(await configure(variables), this.log, this.cancelled.signal);
  }

  /** What objects are created, updated, read and deleted with. */
  get session(): Session {
    if (!this.configured) throw new Error("the provider is not configured");
    return this.configured;
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
    const { cluster, namespace, skipUpdateUnreachable } = this.session.configuration;
    if (!cluster && skipUpdateUnreachable) return olds;
    const old = Object.keys(olds).length > 0 ? plain(olds) : undefined;
    let inputs = named(normalized(plain(news)), old, urn, seed);
    if (annotationOf(inputs, "pulumi.com/waitFor")) throw unsupported("the annotation pulumi.com/waitFor");
    if (!hasName(inputs) && inputs.metadata && "generateName" in (inputs.metadata as JsonObject))
      throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
    if (!namespaceOf(inputs) && (await this.session.isNamespaced(inputs)))
      inputs = withValueAt(inputs, ["metadata", "namespace"], namespace);
    return withSecretsOf(news, inputs);
  }

  async diff(olds: JsonObject, news: JsonObject, ignored: readonly string[]): Promise<DiffAnswer> {
    const old = checkpointOf(olds);
    let wanted = normalized(plain(news));
    let present = pruned(old.live, normalized(old.inputs));
    if (await this.session.isNamespaced(wanted)) {
      present = withValueAt(present, ["metadata", "namespace"], namespaceOf(present) || "default");
      wanted = withValueAt(wanted, ["metadata", "namespace"], namespaceOf(wanted) || "default");
    } else {
      present = withoutValueAt(present, "metadata", "namespace");
      wanted = withoutValueAt(wanted, "metadata", "namespace");
    }
    present = { apiVersion: apiVersionOf(wanted), kind: kindOf(wanted), ...present };
    present = withoutValueAt(present, "metadata", "resourceVersion");
    if (nameOf(wanted)) present = withValueAt(present, ["metadata", "name"], nameOf(old.live));

    const changes = withoutIgnored(diffOf(present, wanted, forceNewPaths(wanted, this.session.configuration)), ignored);
    const replaces = [...changes].filter(([, change]) => change.replace).map(([path]) => path);
    const takesSamePlace = nameOf(wanted) === nameOf(old.live) && namespaceOf(wanted) === namespaceOf(old.live);
    const deleteBeforeReplace = replaces.length > 0 && hasName(wanted) && !isAutonamed(wanted) && takesSamePlace;
    return { changes, replaces, deleteBeforeReplace };
  }
}
