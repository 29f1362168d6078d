import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { PodAddress } from "../../../components/clients/kubernetes/access";
import { PodWatch } from "../../../components/clients/kubernetes/pod-watch";

const nowhere = `{ "clusters": [{ "name": "c", "cluster": { "server": "http://127.0.0.1:1" } }],
  "users": [], "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "" } }], "current-context": "c" }`;

function watchOfNothing(pods: PodAddress[] = []): PodWatch {
  return new PodWatch({ kubeconfig: nowhere }, pods, () => {});
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  for (let times = 0; times < 3; times++) {
    collect();
    await sleep(10);
  }
}

test("those that wait for a change are woken when the time is over, whatever the garbage collector does", async () => {
  const pods = watchOfNothing();
  const waiting = pods.changeSince(pods.heard, 200).then(() => "woken");
  await collectGarbage();
  assert.equal(await Promise.race([waiting, sleep(2000, "still waiting")]), "woken");
  pods.close();
});

test("those that wait for a change are rejected when the watch is closed", async () => {
  const pods = watchOfNothing();
  const waiting = pods.changeSince(pods.heard, 60_000);
  pods.close();
  await assert.rejects(waiting);
});

test("many pods are watched without a warning of Node.js' that there are many", async () => {
  const warnings: string[] = [];
  const warned = ({ message }: Error) => warnings.push(message);
  process.on("warning", warned);
  const addresses = Array.from({ length: 12 }, (_, index) => ({
    namespace: "shop",
    pod: `orders-${index}`,
    port: 5984,
  }));
  const pods = watchOfNothing(addresses);
  await sleep(1_500); // while all watches fail and are opened again
  pods.close();
  process.off("warning", warned);
  assert.deepEqual(warnings, []);
});
