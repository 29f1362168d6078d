/** How the program speaks to the Kubernetes API, over TLS. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { generate } from "selfsigned";
import { type KubernetesApi, kubernetesApi } from "../../../components/couchdb/sidecar/program/kubernetes";
import { ApiServer } from "../../../components/runtime/api-server";
import { loopback } from "../../loopback";

const slice = { addressType: "IPv4", endpoints: [] };
const slices = JSON.stringify({ items: [slice] });

/** The API behind a server whose CA another one has signed, and the pod's folder with its token. */
async function serve(
  t: TestContext,
  answer: RequestListener,
  certified = loopback,
): Promise<{ api: KubernetesApi; account: string }> {
  const authority = { name: "basicConstraints", cA: true, critical: true } as const;
  const root = await generate([{ name: "commonName", value: "root" }], { extensions: [authority] });
  const issued = (by: { private: string; cert: string }) => ({ ca: { key: by.private, cert: by.cert } });
  const middle = await generate([{ name: "commonName", value: "cluster" }], {
    ...issued(root),
    extensions: [authority],
  });
  const leaf = await generate([{ name: "commonName", value: "api" }], {
    ...issued(middle),
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: certified }] }],
  });
  const account = mkdtempSync(join(tmpdir(), "account-"));
  writeFileSync(join(account, "token"), "first\n");
  writeFileSync(join(account, "ca.crt"), middle.cert);
  const server = createServer({ key: leaf.private, cert: leaf.cert }, answer).listen(0, loopback);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = String((server.address() as AddressInfo).port);
  const apiServer = new ApiServer({ host: loopback, port, account });
  t.after(() => apiServer.close());
  return { api: kubernetesApi(apiServer, "test"), account };
}

test("a new token is used as soon as the old one is rejected; the CA may be an intermediate one, the address IPv6", async (t) => {
  const shown: (string | undefined)[] = [];
  const { api, account } = await serve(t, ({ headers }, response) => {
    shown.push(headers.authorization);
    const isRejected = shown.length > 1 && headers.authorization === "Bearer first";
    response.writeHead(isRejected ? 401 : 200).end(slices);
  });
  await api.endpointSlices("nodes");
  writeFileSync(join(account, "token"), "second\n");
  await api.endpointSlices("nodes");
  assert.deepEqual(shown, ["Bearer first", "Bearer first", "Bearer second"]);
});

test("a response that breaks off is an error, and the next one is taken", async (t) => {
  let broken = 0;
  const { api } = await serve(t, ({ socket }, response) => {
    if (broken++ === 0) {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => socket.destroy(), 20);
    } else response.end(slices);
  });
  await assert.rejects(api.endpointSlices("nodes"), /GET EndpointSlices of the Service nodes: /);
  assert.deepEqual(await api.endpointSlices("nodes"), [slice]);
});

test("a server whose certificate has another address is not trusted", async (t) => {
  const { api } = await serve(t, (_, response) => response.end(slices), "::2");
  await assert.rejects(api.endpointSlices("nodes"), /match certificate's altnames/);
});

test("EndpointSlices are listed by their Service; none at all is an error", async (t) => {
  const urls: (string | undefined)[] = [];
  const { api } = await serve(t, ({ url }, response) => {
    urls.push(url);
    response.end('{"items":[]}');
  });
  await assert.rejects(api.endpointSlices("nodes"), /EndpointSlices of the Service nodes: there are none/);
  const query = "labelSelector=kubernetes.io%2Fservice-name%3Dnodes";
  assert.deepEqual(urls, [`/apis/discovery.k8s.io/v1/namespaces/test/endpointslices?${query}`]);
});

test("a missing right is named with its verb", async (t) => {
  const { api } = await serve(t, (_, response) => response.writeHead(403).end());
  await assert.rejects(api.endpointSlices("nodes"), /answered 403.*the verb list/);
  await assert.rejects(api.secret("admin"), /answered 403.*the verb get/);
});
