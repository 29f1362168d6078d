import { NoMatchError } from "./api-error";
import { checkpointOf, outputsOf } from "./checkpoint";
import { parseId, withPlace } from "./identity";
import { apiVersionOf, type JsonObject, kindOf, namespaceOf } from "./objects";
import { PartialFailure } from "./partial-failure";
import { remove } from "./remove";
import { type Session, timeoutOf } from "./session";

const DELETE_TIMEOUT_SECONDS = 600;

/** Deletes an object of a stack. */
export async function deleteObject(
  session: Session,
  urn: string,
  id: string,
  properties: JsonObject,
  timeout: number,
): Promise<void> {
  const { cluster, unreachable, deleteUnreachable } = session.configuration;
  if (!cluster) {
    session.log("warning", urn, `configured Kubernetes cluster is unreachable: ${unreachable}`);
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
    left = await remove(cluster, object, inputs, seconds, session.signal);
  } catch (error) {
    if (error instanceof NoMatchError) return;
    throw error;
  }
  if (!left) return;
  const what = `${apiVersionOf(inputs)}/${kindOf(inputs)}`;
  const outputs = outputsOf({ ...old, live: left }, properties);
  throw new PartialFailure(id, `'${name}' timed out waiting to be Ready`, outputs, [
    `Timed out waiting for deletion of ${what} ${JSON.stringify(name)}`,
    ...finalizersOf(left),
  ]);
}

/** What keeps an object that is to go. */
function finalizersOf(object: JsonObject): string[] {
  const metadata = object.metadata as JsonObject;
  const finalizers = Array.isArray(metadata.finalizers) ? metadata.finalizers.map(String) : [];
  return finalizers.length > 0 ? [`finalizers are left: ${finalizers.join(", ")}`] : [];
}
