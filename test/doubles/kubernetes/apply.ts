import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, isAlreadyThere, isConflict, isNamespaceMissing, isNotFound, NoMatchError } from "./api-error";
import type { ApiServer } from "./api-server";
import { type Discovery, pathOf } from "./discovery";
import { isAnnotatedTrue, type JsonObject, nameOf, namespaceOf, objectsAt, textAt, withValueAt } from "./objects";

export interface Cluster {
  server: ApiServer;
  discovery: Discovery;
}

export interface ApplyOptions {
  fieldManager: string;
  preview: boolean;
  /** Whether the fields of other managers are taken over. */
  force: boolean;
}

export interface CreateOptions extends ApplyOptions {
  /** Whether an object that is there already is made what the inputs say, rather than refused. */
  upsert: boolean;
}

const CONFLICT_HELP =
  "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources";

/** Has the API server make the object what the inputs say: server-side apply, at preview as a dry run. */
export async function apply({ server, discovery }: Cluster, inputs: JsonObject, options: ApplyOptions) {
  const kind = await discovery.kindOf(inputs);
  const query: Record<string, string> = { fieldManager: options.fieldManager, fieldValidation: "Warn" };
  query.force = String(options.force);
  if (options.preview) query.dryRun = "All";
  const path = pathOf(kind, namespaceOf(inputs), nameOf(inputs));
  try {
    return await server.ask({
      method: "PATCH",
      path,
      query,
      contentType: "application/apply-patch+yaml",
      body: inputs,
    });
  } catch (error) {
    if (!isConflict(error)) throw error;
    const { message, code, reason, kind } = error as ApiError;
    const hint = `Server-Side Apply field conflict detected. See ${CONFLICT_HELP} for troubleshooting help.`;
    const manager = JSON.stringify(options.fieldManager);
    const cause = `The resource managed by field manager ${manager} had an apply conflict: ${message}`;
    throw new ApiError(`${hint}\n${cause}`, code, reason, kind);
  }
}

/** Has the API server make a new object; it refuses where one of this name is there. */
async function make({ server, discovery }: Cluster, inputs: JsonObject, { fieldManager, preview }: ApplyOptions) {
  const query: Record<string, string> = { fieldManager };
  if (preview) query.dryRun = "All";
  const path = pathOf(await discovery.kindOf(inputs), namespaceOf(inputs));
  return server.ask({ method: "POST", path, query, body: inputs });
}

function makeOrApply(cluster: Cluster, inputs: JsonObject, options: CreateOptions): Promise<JsonObject> {
  return (options.upsert ? apply : make)(cluster, inputs, options);
}

const RETRIES = 5;
const FIRST_PAUSE_MS = 1000;

/** What the API server says of a field that an object keeps for life. */
const IMMUTABLE = "field is immutable";
const SUFFIX_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789";

/**
 * Creates as a dry run. An object that is to be replaced is still there, and in the way of its successor: that one is
 * tried out under a name of its own. So preview does not tell of objects that exist already, `up` does.
 */
async function dryRun(cluster: Cluster, inputs: JsonObject, options: CreateOptions): Promise<JsonObject> {
  try {
    return await makeOrApply(cluster, inputs, options);
  } catch (error) {
    const isImmutable = error instanceof ApiError && error.reason === "Invalid" && error.message.includes(IMMUTABLE);
    if (!isImmutable && !isAlreadyThere(error)) throw error;
    const suffix = [...randomBytes(5)].map((byte) => SUFFIX_CHARACTERS[byte % SUFFIX_CHARACTERS.length]).join("");
    return makeOrApply(cluster, withValueAt(inputs, ["metadata", "name"], nameOf(inputs) + suffix), options);
  }
}

/** Creates, and tries again where the namespace or the kind may be about to come. */
export async function createPatiently(cluster: Cluster, inputs: JsonObject, options: CreateOptions) {
  for (let retry = 0, pause = FIRST_PAUSE_MS; ; retry++, pause *= 2) {
    try {
      return await (options.preview ? dryRun : makeOrApply)(cluster, inputs, options);
    } catch (error) {
      const mayCome = isNotFound(error) || error instanceof NoMatchError;
      if (!mayCome || retry === RETRIES || (options.preview && isNamespaceMissing(error))) throw error;
      await sleep(pause);
    }
  }
}

/** Replaces a CustomResourceDefinition, which is not applied: what the inputs leave out goes. */
export async function replace({ server, discovery }: Cluster, inputs: JsonObject, live: JsonObject, preview: boolean) {
  const path = pathOf(await discovery.kindOf(inputs), namespaceOf(inputs), nameOf(inputs));
  const resourceVersion = textAt(live, "metadata", "resourceVersion");
  const metadata = { ...(inputs.metadata as JsonObject), resourceVersion };
  const query: Record<string, string> = preview ? { dryRun: "All" } : {};
  return server.ask({ method: "PUT", path, query, body: { ...inputs, metadata } });
}

export async function get({ server, discovery }: Cluster, object: JsonObject): Promise<JsonObject> {
  const path = pathOf(await discovery.kindOf(object), namespaceOf(object), nameOf(object));
  return server.ask({ method: "GET", path });
}

/** All objects of a kind in a namespace. */
export async function list({ server, discovery }: Cluster, apiVersion: string, kind: string, namespace: string) {
  const path = pathOf(await discovery.kind(apiVersion, kind), namespace);
  return objectsAt(await server.ask({ method: "GET", path }), "items");
}

/** Whether the fields of other managers are to be taken over. */
export function isForced(inputs: JsonObject, isNewAtPreview: boolean): boolean {
  if (isAnnotatedTrue(inputs, "pulumi.com/patchForce")) return true;
  const ambient = process.env.PULUMI_K8S_ENABLE_PATCH_FORCE;
  // An object that is there at preview may be one that is replaced, whose fields its own manager still has.
  return ambient === undefined ? isNewAtPreview : ambient === "true";
}
