import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { PodAddress } from "../../../components/clients/kubernetes/access";
import { PodWatch } from "../../../components/clients/kubernetes/pod-watch";
import { eventually } from "../../eventually";
import { apiServer, kubeconfigTo } from "./api-server";

const nowhere = kubeconfigTo("http://127.0.0.1:1");

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

test("a pod that was deleted while its watch was interrupted is not there any more", async (t) => {
  let isThere = true;
  const pod = { metadata: { name: "orders-0" } };
  const kubeconfig = await apiServer(t, ({ url }, response) => {
    const isWatch = url!.includes("watch=true");
    response.writeHead(isThere || isWatch ? 200 : 404, { "content-type": "application/json" });
    if (!isWatch) return response.end(JSON.stringify(isThere ? pod : { kind: "Status", code: 404 }));
    if (isThere) response.write(`${JSON.stringify({ type: "ADDED", object: pod })}\n`);
    return setTimeout(() => response.end(), 200);
  });
  const pods = new PodWatch({ kubeconfig }, [{ namespace: "shop", pod: "orders-0", port: 5984 }], () => {});
  t.after(() => pods.close());
  await eventually("it is seen", () => pods.pod("orders-0") !== undefined);
  isThere = false;
  await eventually("it is gone", () => pods.pod("orders-0") === undefined);
});
