import { type ApiRequest, type ApiResponse, type ApiServer, metadataOnly } from "../../runtime/api-server";
import type { Log } from "../../runtime/log";
import type { Effect, Fact, ObjectReference } from "./review";
import type { Objects, Written } from "./reviewer";

interface StoredObject {
  metadata: {
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: { upgradeProcess?: string; upgrade?: { upgradeProcess?: string } };
}

/** The objects of the API server. Nothing is kept: an answer by what was so a moment ago is a wrong one. */
export function objectsOf(api: ApiServer, log: Log): Objects {
  const ask = async (
    about: ObjectReference,
    question: Omit<ApiRequest, "path" | "accept">,
    expected: number[],
  ): Promise<ApiResponse> => {
    const path = pathOf(about);
    if (path === undefined) return { status: 400, text: "no such name" };
    const answer = await api
      .ask({ ...question, path, accept: about.kind === "couchbasecluster" ? undefined : metadataOnly })
      .catch((error: Error) => ({ status: 0, text: error.message }));
    if (answer.status !== 200 && !expected.includes(answer.status))
      log("warning", "the API server did not do what it was asked", {
        method: question.method,
        ...about,
        status: answer.status,
        answer: answer.text.slice(0, 500),
      });
    return answer;
  };

  return {
    read: async (object, deadline) => {
      const { status, text } = await ask(object, { method: "GET", deadline }, [404]);
      return status === 200 ? stateOf(text) : status === 404 ? "absent" : "unreadable";
    },
    annotate: async (effect: Effect, deadline): Promise<Written> => {
      const { outdated, ...patch } = patchOf(effect);
      const { status } = await ask(effect.object, { method: "PATCH", ...patch, deadline }, outdated);
      return status === 200 ? "written" : outdated.includes(status) ? "outdated" : "refused";
    },
  };
}

/** A patch that is refused, with one of these statuses, where the object is not as the effect needs it. */
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
    const { metadata, spec } = JSON.parse(text) as StoredObject;
    const { uid, resourceVersion, creationTimestamp, labels = {}, annotations = {} } = metadata;
    const age = (Date.now() - Date.parse(creationTimestamp)) / 1000;
    // Operators since 2.9 have it in the second place.
    const upgradeProcess = spec?.upgrade?.upgradeProcess ?? spec?.upgradeProcess;
    return { uid, resourceVersion, labels, annotations, age, upgradeProcess };
  } catch {
    return "unreadable";
  }
}

/** Where an object is; nowhere for what can't be a name, so that nothing else is asked for in its place. */
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
