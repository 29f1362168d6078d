/** The program as it is shipped: one file, started as in a pod. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { generate } from "selfsigned";
import { nodeOptions } from "../../../components/couchdb/sidecar/pod-spec";
import { bundleOf } from "../../../toolchain/bundle";
import { eventually } from "../../eventually";
import { freePorts } from "../../ports";
import { residentKiB } from "../../resident";
import { terminate } from "../../terminate";
import { assertOneCluster } from "../join/cluster";
import { KubernetesApiDouble } from "./kubernetes";
import { Pods } from "./pods";

const bundle = bundleOf("couchdb/sidecar");

test("is small, whole, and nothing of Pulumi", () => {
  const text = readFileSync(bundle, "utf8");
  assert.ok(statSync(bundle).size <= 300_000, `${statSync(bundle).size} bytes`);
  assert.ok(!text.includes("@pulumi"));
  const needed = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, module]) => module!);
  const known = new Set((process.getBuiltinModule("module") as typeof import("node:module")).builtinModules);
  assert.deepEqual(
    needed.filter((module) => !known.has(module.replace(/^node:/, ""))),
    [],
  );
});

test("joins pods, says so, stays within its memory, and ends by SIGTERM", async (t) => {
  const pods = await Pods.start();
  t.after(() => pods.stop());
  const api = await serveApi(pods, t);
  const ports = await freePorts(3);
  const programs = ports.map((port, ordinal) => startProgram(pods, ordinal, port, api));
  t.after(() => {
    for (const { child } of programs) child.kill("SIGKILL");
  });

  for (const { port } of programs)
    await eventually("the program says that it is ready", async () => {
      assert.equal(await status(port, "/ready"), 200, output(programs));
      return true;
    });
  await assertOneCluster(pods.nodes);
  assert.equal(await status(programs[0]!.port, "/health"), 200);
  for (const { child } of programs) assert.ok(residentKiB(child) <= 64 * 1024, `${residentKiB(child)} KiB`);
  for (const { child, closed } of programs) {
    assert.equal(await terminate(child), 0);
    await closed;
  }
  assert.ok(!output(programs).includes('pass"'), "a password in the log");
  const said = output(programs).trim().split("\n");
  const lines = said.map((line) => JSON.parse(line) as { level: string; path?: string });
  assert.ok(
    lines.some(({ level, path }) => level === "debug" && path?.endsWith("/statefulsets/couch")),
    said.join("\n"),
  );
});

test("says what is wrong where its port is taken", async (t) => {
  const taken = createTcpServer().listen(0);
  await once(taken, "listening");
  t.after(() => taken.close());
  const child = spawn(process.execPath, [bundle], {
    env: {
      POD_FQDN: "couch-0.nodes.test.svc.cluster.local",
      HEALTH_PORT: String((taken.address() as AddressInfo).port),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text, [code]] = await Promise.all([child.stdout.toArray(), once(child, "exit")]);
  assert.equal(code, 1);
  assert.match(Buffer.concat(text).toString(), /"level":"error".*EADDRINUSE.*another container/);
});

test("says what is wrong if its pod is not one of a StatefulSet", async () => {
  const child = spawn(process.execPath, [bundle], {
    env: { POD_FQDN: "somewhere" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text, [code]] = await Promise.all([child.stdout.toArray(), once(child, "exit")]);
  assert.equal(code, 1);
  assert.match(Buffer.concat(text).toString(), /"level":"error".*POD-ORDINAL/);
});

interface Program {
  child: ChildProcess;
  /** With its exit code, once all of its output is there. */
  closed: Promise<unknown[]>;
  port: number;
  lines: string[];
}

interface Api {
  port: number;
  account: string;
}

function startProgram(pods: Pods, ordinal: number, port: number, api: Api): Program {
  const env = {
    POD_FQDN: `couch-${ordinal}.nodes.test.svc.cluster.local`,
    POD_NAMES_NET: String(pods.net),
    KUBERNETES_SERVICE_HOST: "127.0.0.1",
    KUBERNETES_SERVICE_PORT: String(api.port),
    SERVICE_ACCOUNT_FOLDER: api.account,
    HEALTH_PORT: String(port),
    LOG_LEVEL: "DEBUG",
    MALLOC_ARENA_MAX: "1",
  };
  const names = ["--require", join(__dirname, "pod-names.js")];
  const child = spawn(process.execPath, [...nodeOptions, ...names, bundle], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  child.stdout!.setEncoding("utf8").on("data", (text: string) => lines.push(text));
  return { child, closed: once(child, "close"), port, lines };
}

function output(programs: Program[]): string {
  return programs.map(({ lines }) => lines.join("")).join("");
}

async function status(port: number, path: string): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status;
}

/** Serves the double of the API over TLS, to those who show the token. */
async function serveApi(pods: Pods, t: { after(stop: () => void): void }): Promise<Api> {
  const pem = await generate([{ name: "commonName", value: "api" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  const account = mkdtempSync(join(tmpdir(), "account-"));
  writeFileSync(join(account, "token"), "the-token\n");
  writeFileSync(join(account, "ca.crt"), pem.cert);
  const api = new KubernetesApiDouble(pods.state);
  const server = createServer({ key: pem.private, cert: pem.cert }, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "https://api");
    const [kind, name] = pathname.split("/").slice(-2) as [string, string];
    const service = /^kubernetes\.io\/service-name=(.+)$/.exec(searchParams.get("labelSelector") ?? "")?.[1];
    const slices = async () => ({ items: await api.endpointSlices(service!) });
    const answers: Record<string, () => Promise<unknown>> = {
      statefulsets: () => api.statefulSet(name),
      configmaps: async () => ({ data: await api.configMap(name) }),
      secrets: async () => ({ data: encoded(await api.secret(name)) }),
    };
    const allowed = request.headers.authorization === "Bearer the-token";
    const answer = allowed
      ? await (name === "endpointslices" ? slices : answers[kind])?.().catch(() => undefined)
      : undefined;
    response.writeHead(allowed ? (answer ? 200 : 404) : 401).end(JSON.stringify(answer ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, account };
}

function encoded(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
}
