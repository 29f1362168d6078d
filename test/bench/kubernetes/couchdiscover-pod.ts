/** One pod's couchdiscover, as the program of a container; reads who it is from the pod. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { runSidecar } from "../couchdiscover";

/** Put in where it is bundled. */
declare const REPLICAS: number;

async function main(): Promise<void> {
  const [, set, ordinal] = /^(.*)-(\d+)$/.exec(hostname())!;
  // The line of the pod itself: its address and its full name.
  const domain = new RegExp(`${hostname()}(\\.\\S+)`).exec(readFileSync("/etc/hosts", "utf8"))![1]!;
  const secret = (file: string) => readFileSync(`/var/run/couch-discover/${file}`, "utf8");
  const login = { user: secret("user"), password: secret("password") };
  const nodes = Array.from({ length: REPLICAS }, (_, index) => {
    const host = `${set}-${index}${domain}`;
    return { name: `couchdb@${host}`, url: `http://${host}:5984`, ...login };
  });
  await runSidecar(nodes, Number(ordinal));
  setInterval(() => {}, 60_000); // couchdiscover sleeps for ever
}

void main();
