import { isForbidden, isNamespaceMissing, NoMatchError } from "./api-error";
import { apply, createPatiently, get, isForced, replace } from "./apply";
import { awaitReady } from "./await";
import { checkpointOf, outputsOf } from "./checkpoint";
import { idOf } from "./identity";
import { withIgnoredAsLive } from "./ignore-changes";
import { isCreatedByPulumi, takeOver } from "./managed-fields";
import { normalized } from "./normalize";
import { apiVersionOf, type JsonObject, kindOf } from "./objects";
import { AwaitError, PartialFailure } from "./partial-failure";
import { fieldManagerOf, type Session, timeoutOf } from "./session";
import { holdsUnknowns, plain } from "./values";

/** Creates an object, or at preview returns what it would become. */
export async function create(session: Session, urn: string, properties: JsonObject, preview: boolean, timeout: number) {
  if (!preview) session.reachable();
  const inputs = plain(properties);
  if (preview && (holdsUnknowns(inputs) || !(await session.isServed(inputs)))) return { id: "", outputs: properties };
  const cluster = session.reachable();
  const fieldManager = fieldManagerOf(inputs, "");
  const checkpoint = { inputs, initialApiVersion: apiVersionOf(inputs), fieldManager };
  let live: JsonObject;
  try {
    const force = isForced(inputs, preview);
    const { upsert } = session.configuration;
    live = await createPatiently(cluster, inputs, { fieldManager, preview, force, upsert });
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
  const ready = await settle(session, urn, inputs, live, timeout);
  const outputs = outputsOf({ ...checkpoint, live: ready.live }, properties);
  if (ready.error) {
    const message = `resource ${JSON.stringify(urn)} was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${ready.error.message}`;
    throw new PartialFailure(idOf(ready.live), message, outputs, ready.error.reasons);
  }
  return { id: idOf(ready.live), outputs };
}

/** Updates an object, or at preview returns what it would become. */
export async function update(
  session: Session,
  urn: string,
  olds: JsonObject,
  news: JsonObject,
  options: { preview: boolean; timeout: number; ignored: readonly string[] },
): Promise<JsonObject> {
  const { preview, timeout } = options;
  if (!preview) session.reachable();
  const inputs = normalized(plain(news));
  if (preview && (holdsUnknowns(inputs) || !(await session.isServed(inputs)))) return news;
  const cluster = session.reachable();
  const old = checkpointOf(olds);
  const fieldManager = fieldManagerOf(inputs, old.fieldManager);
  const initialApiVersion = old.initialApiVersion || apiVersionOf(old.inputs);
  let live: JsonObject | undefined;
  let failure: Error | undefined;
  try {
    let before = await get(cluster, { ...inputs, metadata: old.live.metadata! });
    if (kindOf(inputs) === "CustomResourceDefinition") live = await replace(cluster, inputs, before, preview);
    else {
      if (!preview) before = await takeOver(cluster, before, fieldManager);
      const kept = withIgnoredAsLive(inputs, before, options.ignored, fieldManager);
      live = await apply(cluster, kept, {
        fieldManager,
        preview,
        force: isForced(inputs, preview && isCreatedByPulumi(before)),
      });
    }
    if (!preview) {
      const ready = await settle(session, urn, inputs, live, timeout);
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
async function settle(session: Session, urn: string, inputs: JsonObject, applied: JsonObject, timeout: number) {
  const cluster = session.reachable();
  let error: AwaitError | undefined;
  try {
    await awaitReady({
      cluster,
      inputs,
      applied,
      timeoutSeconds: timeoutOf(timeout, inputs),
      signal: session.signal,
      say: (message) => session.log("info", urn, message, true),
    });
  } catch (thrown) {
    if (!(thrown instanceof AwaitError)) throw thrown;
    error = thrown;
  }
  return { live: await get(cluster, applied).catch(() => applied), error };
}
