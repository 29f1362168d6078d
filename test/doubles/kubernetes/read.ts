import { isNotFound, NoMatchError } from "./api-error";
import { get } from "./apply";
import { checkReady } from "./await";
import { type Checkpoint, checkpointOf, outputsOf } from "./checkpoint";
import { parseId, parseUrn, withPlace } from "./identity";
import { normalized } from "./normalize";
import { apiVersionOf, type JsonObject, kindOf, nameOf, namespaceOf, withoutValueAt } from "./objects";
import { AwaitError, PartialFailure } from "./partial-failure";
import { pruned } from "./prune";
import { fieldManagerOf, type Session } from "./session";
import { plain, withSecretsOf } from "./values";

/** Reads what has become of an object: undefined where it is gone. An object new to Pulumi is read by its id. */
export async function read(session: Session, urn: string, id: string, outputs: JsonObject, oldInputs: JsonObject) {
  const { cluster, unreachable, deleteUnreachable, skipUpdateUnreachable } = session.configuration;
  if (!cluster) {
    session.log("warning", urn, `configured Kubernetes cluster is unreachable: ${unreachable}`);
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
    fieldManager: fieldManagerOf(inputs, old.fieldManager),
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

function identified(inputs: JsonObject, type: { apiVersion: string; kind: string }, id: string): JsonObject {
  if (kindOf(inputs)) return inputs;
  const { namespace, name } = parseId(id);
  return withPlace({ ...inputs, ...type }, namespaceOf(inputs) || namespace, nameOf(inputs) || name);
}

/** What an object that was not made by Pulumi would have been made of. */
function inputsFrom(live: JsonObject): JsonObject {
  const { status: _, ...inputs } = normalized(live);
  const cleared = withoutValueAt(inputs, "metadata", "annotations", "deployment.kubernetes.io/revision");
  return withoutValueAt(cleared, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration");
}
