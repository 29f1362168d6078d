/** One pod's couchdiscover, as the program of a container; reads who it is from the pod. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type KnownNode, runSidecar } from "../couchdiscover";
import { send } from "../nodes";

/** Put in where it is bundled. */
declare const REPLICAS: number;

async function main(): Promise<void> {
  const [, set, ordinal] = /^(.*)-(\d+)$/.exec(hostname())!;
  // The line of the pod itself: its address and its full name.
  const domain = new RegExp(`${hostname()}(\\.\\S+)`).exec(readFileSync("/etc/hosts", "utf8"))![1]!;
  const secret = (file: string) => readFileSync(`/var/run/couch-discover/${file}`, "utf8");
  const login = { adminUser: secret("user"), adminPassword: secret("password") };
  const nodes = Array.from({ length: REPLICAS }, (_, index) => {
    const host = `${set}-${index}${domain}`;
    return { name: `couchdb@${host}`, url: `http://${host}:5984`, ...login };
  });
  await untilAdded(nodes, Number(ordinal) - 1);
  await runSidecar(nodes, Number(ordinal));
  setInterval(() => {}, 60_000); // couchdiscover sleeps for ever
}

/**
 * Waits for the node before, as couchdiscover does not: where its last node finishes the cluster before the others are
 * added, it leaves them out for good, and there would be nothing to measure.
 */
async function untilAdded([first, ...others]: KnownNode[], ordinal: number): Promise<void> {
  if (ordinal < 1) return;
  const { name } = others[ordinal - 1]!;
  const added = () =>
    send<{ cluster_nodes: string[] }>(first!, "GET", "_membership").then(
      ({ cluster_nodes }) => cluster_nodes.includes(name),
      () => false,
    );
  while (!(await added())) await sleep(200);
}

void main();
