/**
 * A cluster with what not every cluster has: HTTPS, metrics, an Ingress, an administrator from a Secret, an existing
 * cluster's cookie and uuid, secret settings, hosts of their own.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "selfsigned";
import { cluster } from "../../testbed";
import { clientPod, inClient } from "../client-pod";
import { Orders } from "../orders";

const given = { username: "chief", password: "brought-in-by-the-user" };
const apiKey = "never-to-be-seen";
const former = {
  erlangCookie: "cookie-of-before",
  cookieSecret: "sessions-of-before",
  uuid: "0123456789abcdef".repeat(2),
};

test("a cluster with all that can be asked for", async (t) => {
  const api = await cluster();
  const apart = (await api.hosts()).length > 1;
  // A host of the testbed that was left cordoned must not make this prove less.
  assert.ok(apart || api.real, "two hosts take pods");
  const orders = await Orders.make(t, {
    replicas: 2,
    spread: apart ? "required" : "none",
    tls: { secretName: "certificate" },
    adminSecret: { name: "given" },
    credentials: former,
    metrics: true,
    ingress: { host: "orders.example.com" },
    secretConfig: { custom: { api_key: apiKey } },
    labels: { team: "shop" },
    annotations: { "example.com/owner": "shop" },
  });
  if (!orders) return;
  const { namespace } = orders;
  const host = `orders.${namespace}.svc.cluster.local`;
  const certificate = await generate([{ name: "commonName", value: "orders" }], {
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: host }] },
    ],
  });
  const pems = { "tls.crt": certificate.cert, "tls.key": certificate.private };
  await orders.api.apply(namespace, [
    { apiVersion: "v1", kind: "Secret", metadata: { name: "given" }, stringData: given },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "certificate" },
      type: "kubernetes.io/tls",
      stringData: pems,
    },
  ]);

  await t.test("comes up whole under the administrator that was given", async () => {
    await orders.up();
    await orders.assertWhole(2);
    assert.deepEqual(await orders.login(), { adminUser: given.username, adminPassword: given.password });
    await orders.unchanged();
  });

  await t.test("has the cookie, the secret of sessions and the uuid of before, on every node", async () => {
    for (const ordinal of [0, 1]) {
      const node = await orders.node(ordinal);
      assert.equal((await node.request<{ uuid: string }>({ path: "" })).uuid, former.uuid);
      assert.equal(await node.request({ path: "_node/_local/_config/chttpd_auth/secret" }), former.cookieSecret);
      const cookie = await orders.api.exec(orders.namespace, `orders-${ordinal}`, "cat", "/opt/couchdb/.erlang.cookie");
      assert.equal(cookie.trim(), former.erlangCookie);
    }
  });

  if (apart)
    await t.test("has its nodes on hosts of their own", async () => {
      const hosts = (await orders.pods()).map(({ spec }) => spec.nodeName);
      assert.equal(new Set(hosts).size, 2, hosts.join());
    });

  await t.test("is served by HTTPS, at the URL that it gives out", async () => {
    await clientPod(orders, { certificate: "/certificate" });
    const { url } = await orders.stack.outputs();
    assert.equal(url?.value, `https://${host}:6984`);
    const program = `fetch(${JSON.stringify(`${url?.value}/_up`)}).then((answer) => answer.json()).then(({ status }) => console.log(status))`;
    const answer = await inClient(orders, program, "NODE_EXTRA_CA_CERTS=/certificate/tls.crt");
    assert.equal(answer.trim(), "ok");
  });

  await t.test("gives metrics on a port of their own, without a password", async () => {
    const url = `http://orders-1.orders-nodes.${namespace}.svc.cluster.local:17986/_node/_local/_prometheus`;
    const program = `fetch("${url}").then((answer) => answer.text()).then(console.log)`;
    assert.match(await inClient(orders, program), /^couchdb_\w+/m);
  });

  await t.test("has an Ingress to the port of HTTPS", async () => {
    interface Ingress {
      spec: { rules: { host: string; http: { paths: { backend: object }[] } }[] };
    }
    const { spec } = await orders.api.get<Ingress>(namespace, "ingress", "orders");
    assert.equal(spec.rules[0]!.host, "orders.example.com");
    assert.deepEqual(spec.rules[0]!.http.paths[0]!.backend, { service: { name: "orders", port: { name: "https" } } });
  });

  await t.test("knows its secret settings, and shows no secret but in Secrets", async () => {
    const path = "_node/_local/_config/custom/api_key";
    assert.equal(await (await orders.node(1)).request({ path }), apiKey);

    const { data } = await orders.api.get<{ data: Record<string, string> }>(namespace, "secret", "orders-node");
    const nodeSecrets = Object.values(data).map((value) => Buffer.from(value, "base64").toString());
    const values = nodeSecrets.flatMap((text) => text.split(/[\n\s=]+/)).filter((value) => value.length > 12);
    const secrets = [given.password, apiKey, former.erlangCookie, former.cookieSecret, ...values];
    assert.ok(secrets.length >= 8); // the cookie, user and password, the hash, the key of sessions and its like
    const encoded = secrets.map((value) => Buffer.from(value).toString("base64"));
    const shown = {
      "Kubernetes' objects": await orders.kubectl("get", "configmap,statefulset,pod,service,event", "--output=json"),
      "the pods' logs": await orders.kubectl("logs", "--selector=app.kubernetes.io/name=couchdb", "--all-containers"),
      state: (await orders.stack.state()).text,
      "what Pulumi shows": orders.stack.shown,
    };
    for (const [where, text] of Object.entries(shown))
      for (const secret of [...secrets, ...encoded]) {
        // The uuid is not a secret: it is in plain text in the ini file, and in state.
        if (/^[0-9a-f]{32}$/.test(secret) && where === "state") continue;
        assert.ok(!text.includes(secret), `${where} hold ${secret.slice(0, 3)}…`);
      }
  });

  await t.test("goes", () => orders.destroy());
});
