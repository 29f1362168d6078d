import type { Log } from "../../clients/program/log";
import { type Answer, type ApiServer, metadataOnly, type Question } from "./api-server";
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
  const ask = async (about: ObjectReference, question: Omit<Question, "path" | "accept">): Promise<Answer> => {
    const path = pathOf(about);
    if (path === undefined) return { status: 400, text: "no such name" };
    const answer = await api
      .ask({ ...question, path, accept: about.kind === "couchbasecluster" ? undefined : metadataOnly })
      .catch((error: Error) => ({ status: 0, text: error.message }));
    if (answer.status !== 200 && answer.status !== 404 && answer.status !== 409)
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
      const { status, text } = await ask(object, { method: "GET", deadline });
      return status === 200 ? stateOf(text) : status === 404 ? "absent" : "unreadable";
    },
    annotate: async ({ object, state, annotations }: Effect, deadline): Promise<Written> => {
      // Refused with 409 if another has written since.
      const { uid, resourceVersion } = state;
      const body = { metadata: { uid, resourceVersion, annotations } };
      const contentType = "application/merge-patch+json";
      const { status } = await ask(object, { method: "PATCH", contentType, body, deadline });
      return status === 200 ? "written" : status === 409 || status === 404 ? "outdated" : "refused";
    },
  };
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
