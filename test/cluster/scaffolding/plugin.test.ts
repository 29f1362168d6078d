import assert from "node:assert/strict";
import { before, describe, it, type TestContext } from "node:test";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { kubernetesPlugin } from "../../doubles/kubernetes/plugin";
import { TestStack } from "../../engine/stack";
import { addedService, application, stuckDeployment, withClaimOnService } from "./programs/application";

/** How Kubernetes resources behave under the plugin that is there: the real one and its stand-in must pass alike. */
describe("the Kubernetes plugin", () => {
  before(kubernetesPlugin);

  it("creates, leaves alone, updates, replaces and deletes what a stack holds", async (test) => {
    const namespace = ownNamespace();
    const program = application({ namespace, greeting: "hello", replicas: 1 });
    await withStack(test, program, async (stack) => {
      assert.deepEqual(await stack.preview(), { create: 9 });
      assert.deepEqual(await stack.up(), { create: 9 });

      const { text } = await stack.state();
      assert.doesNotMatch(text, /in plain sight|aW4gcGxhaW4gc2lnaHQ=/);
      const settings = await stack.resource("ConfigMap");
      assert.match(settings?.id ?? "", new RegExp(`^${namespace}/settings-[0-9a-f]{8}$`));
      assert.equal((await stack.resource("Deployment"))?.id, `${namespace}/web`);
      assert.deepEqual(await stack.up(), { same: 9 });

      const changed = application({ namespace, greeting: "goodbye", replicas: 2 });
      assert.deepEqual(await stack.preview(changed), { same: 6, update: 2, replace: 1 });
      assert.deepEqual(await stack.up(changed), { same: 6, update: 2, replace: 1 });
      assert.notEqual((await stack.resource("ConfigMap"))?.id, settings?.id, "the new one has a name of its own");
      assert.deepEqual(await stack.up(), { same: 9 });

      assert.deepEqual(await stack.refresh(), { same: 9 });
      await stack.destroy();
      assert.deepEqual((await stack.state()).resources, []);
    });
  });

  it("reports at preview what the API server refuses, word for word", async (test) => {
    const namespace = ownNamespace();
    await withStack(test, application({ namespace, greeting: "hello", replicas: 0 }), async (stack) => {
      await stack.up();
      await assert.rejects(
        stack.preview(addedService(namespace, { port: 70000 })),
        /Service "added" is invalid: spec\.ports\[0\]\.port: Invalid value: 70000: must be between 1 and 65535, inclusive/,
      );
    });
  });

  it("keeps what did not become ready, says why, and goes on from there", async (test) => {
    const namespace = ownNamespace();
    await withStack(test, stuckDeployment({ namespace, stuck: true }), async (stack) => {
      const shown = await stack.failingUp();
      assert.match(shown, /was successfully created, but the Kubernetes API server reported that it failed to fully/);
      assert.match(shown, /'stuck' timed out waiting to be Ready/);
      assert.match(shown, /Minimum number of live Pods was not attained/);
      assert.match(shown, /didn't match Pod's node affinity\/selector/);
      assert.ok((await stack.resource("Deployment"))?.initErrors?.length);

      await stack.up(stuckDeployment({ namespace, stuck: false }));
      assert.equal((await stack.resource("Deployment"))?.initErrors, undefined);
    });
  });

  it("refuses what exists already, and where it is to be taken over, takes no field from another manager", async (test) => {
    const namespace = ownNamespace();
    const program = application({ namespace, greeting: "hello", replicas: 0 });
    await withStack(test, program, async (stack) => {
      await stack.up();
      const claim = withClaimOnService(namespace, program);
      assert.match(await stack.failingUp(claim), /was not successfully created by .*: services "web" already exists/);

      await stack.stack.setConfig("kubernetes:upsertExistingObjects", { value: "true" });
      const shown = await stack.failingUp(claim);
      assert.match(shown, /Server-Side Apply field conflict detected/);
      assert.match(
        shown,
        /Apply failed with 1 conflict: conflict with "pulumi-kubernetes-[0-9a-f]{8}"( using v1)?: \.spec\.type/,
      );
    });
  });

  it("reads an object that is not the stack's", async (test) => {
    const program = async () => {
      const found = kubernetes.core.v1.Service.get("api", "default/kubernetes");
      return { type: found.spec.type };
    };
    await withStack(test, program, async (stack) => {
      await stack.up();
      assert.deepEqual(await stack.outputs(), { type: { value: "ClusterIP", secret: false } });
    });
  });

  it("fails on `up`, not before, where the cluster does not answer", async (test) => {
    const program = async () => {
      const provider = new kubernetes.Provider("nowhere", { kubeconfig: noCluster });
      new kubernetes.core.v1.ConfigMap("settings", { data: { greeting: "hello" } }, { provider });
    };
    await withStack(test, program, async (stack) => {
      assert.deepEqual(await stack.preview(), { create: 3 });
      assert.match(await stack.failingUp(), /configured Kubernetes cluster is unreachable: unable to load schema/);
    });
  });
});

/** Gives `run` a stack, and destroys what is left of it afterwards. */
async function withStack(test: TestContext, program: PulumiFn, run: (stack: TestStack) => Promise<void>) {
  const stack = await TestStack.make(test, program);
  if (!stack) return;
  try {
    await run(stack);
  } finally {
    await stack.destroy();
  }
}

let namespaces = 0;

/** The name of a namespace that no other test has. */
function ownNamespace(): string {
  return `plugin-${process.pid}-${++namespaces}`;
}

const noCluster = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: {} }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  "current-context": "none",
});
