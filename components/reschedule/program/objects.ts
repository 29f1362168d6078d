import { type ApiRequest, type ApiResponse, type ApiServer, metadataOnly } from "../../runtime/api-server";
import type { StoredMetadata } from "../../runtime/json";
import type { Log } from "../../runtime/log";
import type { Effect, Fact, ObjectReference } from "./review";
import type { Objects, Written } from "./reviewer";

/** What is read of a Pod, a Namespace or a CouchbaseCluster, whose type no library has. */
interface TrackedObject {
  metadata: StoredMetadata;
  spec?: { upgradeProcess?: string; upgrade?: { upgradeProcess?: string } };
}

/** Objects in the API server. Nothing is cached: an answer from what was true a moment ago may be wrong. */
export function objectsOf(api: ApiServer, log: Log): Objects {
  const send = async (
    about: ObjectReference,
    request: Omit<ApiRequest, "path" | "accept">,
    expected: number[],
  ): Promise<ApiResponse> => {
    const path = pathOf(about);
    if (path === undefined) return { status: 400, text: "no such name" };
    const response = await api
      .request({ ...request, path, accept: about.kind === "couchbasecluster" ? undefined : metadataOnly })
      .catch((error: Error) => ({ status: 0, text: error.message }));
    if (response.status !== 200 && !expected.includes(response.status))
      log("warning", "the API server rejected a request", {
        method: request.method,
        ...about,
        status: response.status,
        answer: response.text.slice(0, 500),
      });
    return response;
  };

  return {
    read: async (object, deadline) => {
      const { status, text } = await send(object, { method: "GET", deadline }, [404]);
      return status === 200 ? stateOf(text) : status === 404 ? "absent" : "unreadable";
    },
    annotate: async (effect: Effect, deadline): Promise<Written> => {
      const { outdated, ...patch } = patchOf(effect);
      const { status } = await send(effect.object, { method: "PATCH", ...patch, deadline }, outdated);
      return status === 200 ? "written" : outdated.includes(status) ? "outdated" : "rejected";
    },
  };
}

/** A patch, and the statuses with which it is rejected where the object is not as the effect needs it. */
export function patchOf({ state, annotations, unchanged }: Effect): Pick<ApiRequest, "contentType" | "body"> & {
  outdated: number[];
} {
  const { uid, resourceVersion } = state;
  const removed = Object.keys(annotations).filter((key) => annotations[key] === null);
  if (unchanged || removed.length === 0) {
    const body = { metadata: { uid, ...(unchanged && { resourceVersion }), annotations } };
    return { contentType: "application/merge-patch+json", body, outdated: [404, 409] };
  }
  const test = (path: string, value: unknown) => ({ op: "test", path, value });
  const body = removed.flatMap((key) => {
    const path = `/metadata/annotations/${key.replaceAll("/", "~1")}`;
    return [test(path, state.annotations[key]), { op: "remove", path }];
  });
  const contentType = "application/json-patch+json";
  return { contentType, body: [test("/metadata/uid", uid), ...body], outdated: [404, 409, 422] };
}

function stateOf(text: string): Fact {
  try {
    const { metadata, spec } = JSON.parse(text) as TrackedObject;
    const { uid, resourceVersion, creationTimestamp, labels = {}, annotations = {} } = metadata;
    const age = (Date.now() - Date.parse(creationTimestamp)) / 1000;
    // Couchbase Autonomous Operator 2.9 moved it into `upgrade`.
    const upgradeProcess = spec?.upgrade?.upgradeProcess ?? spec?.upgradeProcess;
    return { uid, resourceVersion, labels, annotations, age, upgradeProcess };
  } catch {
    return "unreadable";
  }
}

/** The path of an object; `undefined` for what can't be a name, so that no other object is read in its place. */
function pathOf({ kind, namespace, name }: ObjectReference): string | undefined {
  const isSegment = (text: string) => /^[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?$/.test(text);
  if (!isSegment(name) || (kind !== "namespace" && !isSegment(namespace))) return undefined;
  switch (kind) {
    case "pod":
      return `/api/v1/namespaces/${namespace}/pods/${name}`;
    case "namespace":
      return `/api/v1/namespaces/${name}`;
    case "couchbasecluster":
      return `/apis/couchbase.com/v2/namespaces/${namespace}/couchbaseclusters/${name}`;
  }
}
