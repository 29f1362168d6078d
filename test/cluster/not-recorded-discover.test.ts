/** As `not-recorded.test.ts`, for a `CouchDiscover` of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as kubernetes from "@pulumi/kubernetes";
import type { CouchDiscoverArgs } from "../../components/couchdb/sidecar/args";
import { CouchDiscover } from "../../components/couchdb/sidecar/couch-discover";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { TestStack } from "../engine/stack";
import { cluster } from "../testbed";
import { isObject, takeOver } from "./forgotten";

test("a CouchDiscover of its own, with a StatefulSet", async (t) => {
  const api = await cluster();
  await kubernetesPlugin();
  const stack = await TestStack.make(t, async () => {});
  if (!stack) return;
  const namespace = await api.namespace(t, "discover");
  const program = (args: Partial<CouchDiscoverArgs> = {}) => {
    return async () => discovered(namespace, args);
  };
  await takeOver(stack);
  await stack.up(program());
  await stack.settled();
  await stack.forget(isObject);
  await stack.up(program());
  await stack.settled();

  // The program was changed before the next `up`. The Role came first, and was recorded.
  const changed: Partial<CouchDiscoverArgs> = { labels: { team: "shop" }, logLevel: "debug" };
  await stack.forget((resource) => isObject(resource) && /:(ServiceAccount|RoleBinding)$/.test(resource.type));
  await stack.up(program(changed));
  await stack.settled();
  await stack.destroy();
  assert.deepEqual((await stack.state()).resources, []);
});

/** Declares a user's own StatefulSet, without pods, with the container added. */
function discovered(namespace: string, args: Partial<CouchDiscoverArgs>): void {
  const labels = { app: "orders" };
  const discover = new CouchDiscover("orders", {
    podSpec: { containers: [{ name: "couchdb", image: "couchdb:3.5.1" }], securityContext: { runAsUser: 5984 } },
    statefulSet: "orders",
    headlessService: "orders-nodes",
    namespace,
    adminSecret: { name: "orders-admin" },
    ...args,
  });
  const spec = { replicas: 0, serviceName: "orders-nodes", selector: { matchLabels: labels } };
  new kubernetes.apps.v1.StatefulSet("orders", {
    metadata: { name: "orders", namespace },
    spec: { ...spec, template: { metadata: { labels }, spec: discover.podSpec } },
  });
}
