import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { preStopScript, secretFolder } from "../../../components/couchdb/cluster/container";
import { clientUrl, nodesOf, ports } from "../../../components/couchdb/cluster/names";
import { networkPolicySpec } from "../../../components/couchdb/cluster/network-policy";

describe("names", () => {
  test("nodes are named by their pods, in the order of ordinals", () => {
    const place = {
      statefulSet: "orders",
      headlessService: "orders-nodes",
      namespace: "shop",
      clusterDomain: "k8s.lan",
    };
    assert.deepEqual(nodesOf(place, 2), [
      {
        url: "http://orders-0.orders-nodes.shop.svc.k8s.lan:5984",
        name: "couchdb@orders-0.orders-nodes.shop.svc.k8s.lan",
      },
      {
        url: "http://orders-1.orders-nodes.shop.svc.k8s.lan:5984",
        name: "couchdb@orders-1.orders-nodes.shop.svc.k8s.lan",
      },
    ]);
  });

  test("clients have one URL", () => {
    assert.equal(clientUrl("orders.shop.svc.cluster.local", false), "http://orders.shop.svc.cluster.local:5984");
    assert.equal(clientUrl("orders.shop.svc.cluster.local", true), "https://orders.shop.svc.cluster.local:6984");
  });
});

describe("network policy", () => {
  const labels = { app: "couchdb" };
  const portsFor = (rule: unknown) => (rule as { ports: { port: number }[] }).ports.map(({ port }) => port);

  const rules = (list: unknown) => list as unknown[];

  test("peers reach every port of each other, clients only the database", () => {
    const { ingress } = networkPolicySpec(labels, {}, { tls: false, metrics: false, sidecar: false });
    const [peers, clients, ...more] = rules(ingress);
    assert.deepEqual(portsFor(peers), [ports.http, ports.epmd, ports.distribution]);
    assert.deepEqual(portsFor(clients), [ports.http]);
    assert.deepEqual(more, []);
  });

  test("with TLS, clients reach only HTTPS; metrics go to those named", () => {
    const metricsClients = [{ namespaceSelector: { matchLabels: { name: "monitoring" } } }];
    const { ingress } = networkPolicySpec(labels, { metricsClients }, { tls: true, metrics: true, sidecar: false });
    const [, clients, metrics] = rules(ingress);
    assert.deepEqual(portsFor(clients), [ports.https]);
    assert.deepEqual(metrics, { from: metricsClients, ports: [{ protocol: "TCP", port: ports.metrics }] });
  });

  test("nodes may reach what is given, besides what they need", () => {
    const replicas = { to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 443 }] };
    const { egress } = networkPolicySpec(labels, { egress: [replicas] }, { tls: false, metrics: false, sidecar: true });
    const [peers, dns, api, ...more] = rules(egress);
    assert.deepEqual(portsFor(peers), [ports.http, ports.epmd, ports.distribution]);
    assert.deepEqual(portsFor(dns), [53, 53, 5353, 5353]);
    assert.deepEqual(portsFor(api), [443, 6443, 8443, 16443]);
    assert.deepEqual(more, [replicas]);
  });

  test("an empty list allows no peers, though to Kubernetes it means all of them", () => {
    const empty = { clients: [], metricsClients: [], egress: [{ to: [] }, { ports: [] }] };
    const { ingress, egress } = networkPolicySpec(labels, empty, { tls: false, metrics: true, sidecar: false });
    assert.deepEqual(rules(ingress).map(portsFor), [[ports.http, ports.epmd, ports.distribution]]);
    assert.equal(rules(egress).length, 2);
  });
});

describe("before a node stops", () => {
  test("it leaves load balancing, with the password on no command line", async (t) => {
    const requests = await listen(t);
    const { folder, script } = scriptFor(t, requests.port, 0);
    await promisify(execFile)("bash", ["-c", script], { cwd: folder });
    assert.deepEqual(requests.seen, [
      {
        line: "PUT /_node/_local/_config/couchdb/maintenance_mode",
        authorization: "Basic YWRtaW46c2VjcmV0",
        persist: "false",
        body: '"nolb"',
      },
    ]);
    assert.doesNotMatch(script, /YWRtaW46c2VjcmV0/);
  });

  test("a node that no longer answers makes no error", async (t) => {
    const { folder, script } = scriptFor(t, 9, 0);
    await promisify(execFile)("bash", ["-c", script], { cwd: folder });
  });
});

/** The script as a pod has it, but with the folder and the port of the test. */
function scriptFor(t: TestContext, port: number, drainSeconds: number): { folder: string; script: string } {
  const folder = mkdtempSync(join(tmpdir(), "pre-stop-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "authorization"), `${Buffer.from("admin:secret").toString("base64")}\n`);
  const script = preStopScript(drainSeconds).replace(secretFolder, folder).replace(`/${ports.http}`, `/${port}`);
  return { folder, script };
}

async function listen(t: TestContext) {
  const seen: { line: string; authorization?: string; persist: unknown; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { authorization, "x-couch-persist": persist } = request.headers;
    seen.push({ line: `${request.method} ${request.url}`, authorization, persist, body });
    response.end('""');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { seen, port: (server.address() as { port: number }).port };
}
