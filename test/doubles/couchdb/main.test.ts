import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { addNode, ask, eventuallyAnswers, membershipOf } from "./client";

const running: ChildProcess[] = [];
after(() => Promise.all(running.map(end)));

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

/** Runs the command and answers the first URLs it prints. */
async function run(urls: number, ...args: string[]): Promise<{ child: ChildProcess; urls: string[] }> {
  const command = [join(__dirname, "main.js"), ...args, "--hash-iterations", "10"];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === urls) break;
  }
  return { child, urls: printed };
}

test("the command starts nodes, prints their URLs and ends on SIGTERM", async () => {
  const { child, urls } = await run(2, "2", "--docker", "--name", "node2=other@127.0.0.1", "--ini", "*:my/key=a=b");
  assert.deepEqual((await ask(urls[0]!, "GET", "/_cluster_setup")).body, { state: "cluster_enabled" });
  assert.deepEqual((await ask(urls[1]!, "GET", "/_node/_local")).body, { name: "other@127.0.0.1" });
  assert.equal((await ask(urls[1]!, "GET", "/_node/_local/_config/my/key")).body, "a=b");
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("nodes of three processes join and finish", async () => {
  const registry = await mkdtemp(join(tmpdir(), "couchdb-double-"));
  const names = ["a@127.0.0.1", "b@127.0.0.1", "c@127.0.0.1"];
  const started = await Promise.all(
    names.map((name) => run(1, "1", "--docker", "--registry", registry, "--name", `node1=${name}`)),
  );
  const urls = started.map((node) => node.urls[0]!);
  for (const [index, url] of urls.entries()) {
    if (index === 0) continue;
    const answer = await ask(urls[0]!, "POST", "/_cluster_setup", addNode({ name: names[index]!, url }));
    assert.equal(answer.status, 201);
  }
  for (const url of urls) await eventuallyAnswers(url, "/_membership", membershipOf(names));
  assert.equal((await ask(urls[0]!, "POST", "/_cluster_setup", { action: "finish_cluster" })).status, 201);
  for (const url of urls) await eventuallyAnswers(url, "/_cluster_setup", { state: "cluster_finished" });

  started[2]!.child.kill("SIGKILL");
  await eventuallyAnswers(urls[0]!, "/_membership", { all_nodes: names.slice(0, 2), cluster_nodes: names });
  await Promise.all(started.map(({ child }) => end(child)));
  await rm(registry, { recursive: true });
});
