/** Which pods are read and deleted, with an API server that does not let all be read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Deleter } from "../../components/reschedule/program/deleting/deleter";
import type { ApiServer } from "../../components/runtime/api-server";
import { eventually } from "../eventually";

const label = { key: "app", value: "db" };
const annotation = { key: "move", value: "true" };
const statefulSets = "/apis/apps/v1/namespaces/shop/statefulsets";
const pods = "/api/v1/namespaces/shop/pods";

/** A ready pod of a StatefulSet, marked. */
function podOf(owner: string) {
  return {
    metadata: {
      name: `${owner}-0`,
      namespace: "shop",
      uid: `uid-of-${owner}-0`,
      resourceVersion: "7",
      labels: { app: "db" },
      annotations: { move: "true" },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", controller: true, name: owner, uid: owner }],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };
}

const workload = (part: string) => ({ spec: { replicas: 1, selector: { matchLabels: { part } } } });
const list = (...items: object[]) => ({ metadata: { resourceVersion: "1" }, items });

/** What is there by path; what is not is answered with 403. */
const answers: Record<string, object> = {
  [`GET ${pods}?labelSelector=app%3Ddb`]: list(podOf("hidden"), podOf("stuck"), podOf("good")),
  [`GET ${statefulSets}/stuck`]: workload("stuck"),
  [`GET ${pods}?labelSelector=part%3Dstuck`]: list(podOf("stuck")),
  [`GET ${statefulSets}/good`]: workload("good"),
  [`GET ${pods}?labelSelector=part%3Dgood`]: list(podOf("good")),
  [`DELETE ${pods}/good-0`]: {},
};

test("an owner that can't be read or whose pod can't be deleted holds up no other", async (t) => {
  const requested: string[] = [];
  const said: string[] = [];
  const deleted: string[] = [];
  const api: Pick<ApiServer, "request" | "stream"> = {
    request: async ({ method, path }) => {
      requested.push(`${method} ${path}`);
      const answer = answers[`${method} ${path}`];
      return answer ? { status: 200, text: JSON.stringify(answer) } : { status: 403, text: "" };
    },
    stream: async () => assert.fail("there is always something to do"),
  };
  const settings = { label, annotation };
  const log = (level: string, message: string, details: object = {}) =>
    said.push(`${level} ${message} ${JSON.stringify(details)}`);
  const deleter = new Deleter(
    api,
    settings,
    "shop",
    () => true,
    (namespace) => deleted.push(namespace),
    log,
  );
  t.after(() => deleter.stop());
  void deleter.run();
  await eventually("a pod is deleted", () => deleted.length > 0);
  assert.deepEqual(
    said.filter((line) => line.startsWith("warning")),
    [
      `warning annotated pods of one owner: the API server answered 403 to GET ${statefulSets}/hidden {"namespace":"shop","owner":"hidden"}`,
      `warning annotated pods of one owner: the API server answered 403 to the deletion of shop/stuck-0 {"namespace":"shop","owner":"stuck"}`,
    ],
  );
  assert.deepEqual(
    requested.filter((request) => request === `GET ${pods}`),
    [],
    "never all pods of the namespace",
  );
});
