import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type KubernetesApi, kubernetesApi } from "../../components/clients/kubernetes/api";
import { volumeClaimsHandler } from "../../components/couchdb/claims/handler";
import type { VolumeClaimsInputs } from "../../components/couchdb/claims/inputs";
import { claimsOf } from "../../components/couchdb/claims/observe";
import { preflightHandler } from "../../components/couchdb/preflight/handler";
import { eventually } from "../eventually";
import { farDeadline } from "./deadline";
import { reach } from "./reach";

/** Everything is called by it, so that nothing of others is in the way. */
const namespace = `claims-${randomBytes(3).toString("hex")}`;
const growing = `${namespace}-growing`;
const fixed = `${namespace}-fixed`;

let api: KubernetesApi;
const madeVolumes: string[] = [];
const madeClasses: string[] = [];

before(async () => {
  api = await kubernetesApi(reach);
  await api.core.createNamespace({ body: { metadata: { name: namespace } } });
});

after(async () => {
  await api.core.deleteNamespace({ name: namespace });
  for (const name of madeVolumes) await api.core.deletePersistentVolume({ name });
  const storage = await storageApi();
  for (const name of madeClasses) await storage.deleteStorageClass({ name });
});

/** A volume for a claim: no provisioner is needed, and none is there that can grow volumes. */
async function volumeFor(claim: string, storageClassName: string): Promise<void> {
  const name = `${namespace}-${claim}`;
  madeVolumes.push(name);
  const spec = {
    storageClassName,
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    claimRef: { namespace, name: claim },
    hostPath: { path: `/tmp/${name}` },
  };
  await api.core.createPersistentVolume({ body: { metadata: { name }, spec } });
}

/** A StatefulSet whose pods no host takes: its claims are still made. */
async function statefulSet(name: string, storageClassName: string, replicas: number): Promise<VolumeClaimsInputs> {
  for (let ordinal = 0; ordinal < replicas; ordinal++) await volumeFor(`data-${name}-${ordinal}`, storageClassName);
  const labels = { app: name };
  const requests = { storage: "1Gi" };
  await api.apps.createNamespacedStatefulSet({
    namespace,
    body: {
      metadata: { name },
      spec: {
        replicas,
        serviceName: name,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { nodeSelector: { nowhere: namespace }, containers: [{ name: "none", image: "none" }] },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests } },
          },
        ],
      },
    },
  });
  return {
    namespace,
    statefulSet: name,
    claimTemplate: "data",
    replicas,
    size: "1Gi",
    kubernetes: reach,
    timeoutSeconds: farDeadline,
  };
}

async function storageApi() {
  const { StorageV1Api } = await import("@kubernetes/client-node");
  return api.config.makeApiClient(StorageV1Api);
}

async function storageClass(name: string, allowVolumeExpansion: boolean): Promise<void> {
  const storage = await storageApi();
  await storage.createStorageClass({
    body: { metadata: { name }, provisioner: "kubernetes.io/no-provisioner", allowVolumeExpansion },
  });
  madeClasses.push(name);
  await sleep(500); // the check that asks for it hears of a new class a moment later
}

async function sizes(inputs: VolumeClaimsInputs): Promise<string[]> {
  return (await claimsOf(api.core, inputs)).map(({ size }) => size);
}

const allBound = (inputs: VolumeClaimsInputs) => async () => {
  const claims = await claimsOf(api.core, inputs);
  return claims.length === inputs.replicas && claims.every(({ bound }) => bound);
};

describe("claims whose class lets them grow", () => {
  const name = "orders";
  let two: VolumeClaimsInputs;
  before(async () => {
    await storageClass(growing, true);
    two = await statefulSet(name, growing, 2);
  });

  test("as large as declared, they are not waited for", async () => {
    const { id, outs } = await volumeClaimsHandler.create(two);
    assert.equal(id, `${namespace}/${name}`);
    assert.deepEqual(outs.claims, { "data-orders-0": "1Gi", "data-orders-1": "1Gi" });
    assert.equal(volumeClaimsHandler.diff!(outs, two).changes, false);
  });

  test("they grow once they have their volumes, and a volume that lags behind is reported", async (t) => {
    await eventually("all are bound", allBound(two));
    const { outs: olds } = await volumeClaimsHandler.create(two);
    const write = t.mock.method(process.stdout, "write");
    const { outs } = await volumeClaimsHandler.update!("id", olds, { ...two, size: "2Gi" });
    const shown = write.mock.calls.map((call) => String(call.arguments[0])).join("");
    assert.deepEqual(outs.claims, { "data-orders-0": "2Gi", "data-orders-1": "2Gi" });
    assert.deepEqual(await sizes(two), ["2Gi", "2Gi"]);
    assert.match(shown, /couchdb: .*growing data-orders-0, data-orders-1 to 2Gi/);
    assert.match(shown, /data-orders-0 has 1Gi so far/);
    assert.deepEqual((await volumeClaimsHandler.read!("id", outs))!.claims, outs.claims);
  });

  test("the claim of a node that is added later is grown too, though the template makes it smaller", async () => {
    const three = { ...two, replicas: 3, size: "2Gi" };
    const waiting = volumeClaimsHandler.create(three);
    await sleep(300);
    await volumeFor("data-orders-2", growing);
    const scale = { metadata: { name, namespace }, spec: { replicas: 3 } };
    await api.apps.replaceNamespacedStatefulSetScale({ name, namespace, body: scale });
    const { outs } = await waiting;
    assert.equal(outs.claims["data-orders-2"], "2Gi");
    assert.deepEqual(await sizes(three), ["2Gi", "2Gi", "2Gi"]);
  });

  test("they never shrink", async () => {
    const { outs } = await volumeClaimsHandler.create({ ...two, size: "1Gi" });
    assert.deepEqual(outs.claims, { "data-orders-0": "2Gi", "data-orders-1": "2Gi" });
    assert.equal(volumeClaimsHandler.diff!(outs, two).changes, false);
  });

  test("a quota is reported in the API server's words", async () => {
    const quota = "storage";
    const spec = { hard: { "requests.storage": "6Gi" } };
    await api.core.createNamespacedResourceQuota({ namespace, body: { metadata: { name: quota }, spec } });
    await eventually("the quota is counted", async () => {
      const { status } = await api.core.readNamespacedResourceQuota({ name: quota, namespace });
      return status?.used?.["requests.storage"] === "6Gi";
    });
    await assert.rejects(
      volumeClaimsHandler.create({ ...two, size: "3Gi" }),
      /claim data-orders-\d can't grow from 2Gi to 3Gi: .*exceeded quota: storage, requested: .* quota raised, or set the size back to 2Gi/,
    );
    await api.core.deleteNamespacedResourceQuota({ name: quota, namespace });
  });

  test("those of an earlier cluster are reported before a new one is made", async (t) => {
    const write = t.mock.method(process.stdout, "write");
    const connection = { urls: [], adminUser: "admin", adminPassword: "secret", kubernetes: reach };
    await preflightHandler.create({
      statefulSet: name,
      namespace,
      claimTemplate: "data",
      headlessService: name,
      clusterDomain: "cluster.local",
      replicas: 3,
      nodeNames: [],
      connection,
    });
    const shown = write.mock.calls.map((call) => String(call.arguments[0])).join("");
    assert.match(shown, /volumes of an earlier cluster .*: data-orders-0, data-orders-1, data-orders-2/);
  });
});

describe("claims whose class does not", () => {
  test("the refusal is reported in the API server's words, with what to do", async () => {
    await storageClass(fixed, false);
    const inputs = await statefulSet("billing", fixed, 1);
    await eventually("all are bound", allBound(inputs));
    await assert.rejects(
      volumeClaimsHandler.create({ ...inputs, size: "2Gi" }),
      new RegExp(
        "claim data-billing-0 can't grow from 1Gi to 2Gi: .*must support resize.* " +
          `allowVolumeExpansion: true set on the StorageClass ${fixed}.* or set the size back to 1Gi$`,
      ),
    );
    assert.deepEqual(await sizes(inputs), ["1Gi"]);
  });
});

test("a StatefulSet that is not there is named", async () => {
  const inputs = {
    namespace,
    statefulSet: "nothing",
    claimTemplate: "data",
    replicas: 1,
    size: "1Gi",
    kubernetes: reach,
  };
  await assert.rejects(
    volumeClaimsHandler.create(inputs),
    new RegExp(`claims of ${namespace}/nothing can't be looked at: statefulsets.apps "nothing" not found`),
  );
});
