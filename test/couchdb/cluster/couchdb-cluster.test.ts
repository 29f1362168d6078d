import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CouchDbCluster, type CouchDbClusterArgs } from "../../../components";
import { inputsOf, known, registered, settled, startMocks } from "../../mocks";

type StatefulSet = kubernetes.types.output.apps.v1.StatefulSet;

/** What a program that is not type-checked may give. */
const js = (value: unknown) => value as never;

/** A cluster, all of whose resources have been registered. */
async function cluster(
  args: CouchDbClusterArgs = {},
  name = "orders",
  opts?: pulumi.ComponentResourceOptions,
): Promise<CouchDbCluster> {
  const made = new CouchDbCluster(name, args, opts);
  await known(made.url);
  await settled();
  return made;
}

describe("CouchDbCluster", () => {
  beforeEach(startMocks);
  afterEach(settled);

  test("is made of these resources", async () => {
    await cluster();
    assert.deepEqual(registered.map(({ type, name }) => `${type} ${name}`).sort(), [
      "kubernetes:apps/v1:StatefulSet orders",
      "kubernetes:core/v1:ConfigMap orders-config",
      "kubernetes:core/v1:Secret orders-admin",
      "kubernetes:core/v1:Secret orders-node",
      "kubernetes:core/v1:Service orders",
      "kubernetes:core/v1:Service orders-nodes",
      "kubernetes:core/v1:ServiceAccount orders",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy orders",
      "kubernetes:policy/v1:PodDisruptionBudget orders",
      "pulumi-couch:index:CouchDbCluster orders",
      "pulumi-nodejs:dynamic/couch:CouchDbCredentials orders",
      "pulumi-nodejs:dynamic/couch:CouchDbMembership orders-membership",
      "pulumi-nodejs:dynamic/couch:CouchDbPreflight orders-preflight",
      "pulumi-nodejs:dynamic/couch:VolumeClaims orders-claims",
    ]);
  });

  test("objects whose content changes are replaced, in a protected cluster too", async () => {
    const unprotected = new Set<string>();
    const record: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      if (opts.protect === false) unprotected.add(`${type} ${name}`);
      return undefined;
    };
    await cluster({ join: "sidecar" }, "orders", { protect: true, transformations: [record] });
    assert.deepEqual([...unprotected].sort(), [
      "kubernetes:core/v1:ConfigMap orders-config",
      "kubernetes:core/v1:ConfigMap orders-discover-program",
      "kubernetes:core/v1:Secret orders-admin",
      "kubernetes:core/v1:Secret orders-node",
    ]);
  });

  test("its outputs", async () => {
    const { url, nodeNames, adminSecretName, serviceName, namespace } = await cluster({
      namespace: "shop",
      replicas: 1,
    });
    assert.equal(await known(url), "http://orders.shop.svc.cluster.local:5984");
    assert.deepEqual(await known(nodeNames), ["couchdb@orders-0.orders-nodes.shop.svc.cluster.local"]);
    assert.equal(await known(adminSecretName), "orders-admin");
    assert.equal(await known(serviceName), "orders");
    assert.equal(await known(namespace), "shop");
  });

  test("its pods have the settings for production", async () => {
    await cluster();
    const { spec } = inputsOf<StatefulSet>("StatefulSet");
    assert.equal(spec.replicas, 3);
    assert.equal(spec.podManagementPolicy, "Parallel");
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: "Retain", whenScaled: "Retain" });
    const pod = spec.template.spec;
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.terminationGracePeriodSeconds, 120);
    assert.deepEqual(pod.securityContext, {
      runAsUser: 5984,
      runAsGroup: 5984,
      fsGroup: 5984,
      fsGroupChangePolicy: "OnRootMismatch",
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const [couchdb] = pod.containers;
    assert.equal(couchdb!.image, "couchdb:3.5.1");
    assert.deepEqual(couchdb!.securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const { startupProbe, livenessProbe, readinessProbe } = couchdb!;
    const tcpSocket = { port: "http" };
    assert.deepEqual(startupProbe, { tcpSocket, periodSeconds: 5, failureThreshold: 60, timeoutSeconds: 1 });
    assert.deepEqual(livenessProbe, { tcpSocket, periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 1 });
    const httpGet = { path: "/_up", port: "http" };
    assert.deepEqual(readinessProbe, { httpGet, periodSeconds: 5, failureThreshold: 3, timeoutSeconds: 5 });
    assert.match(couchdb!.lifecycle!.preStop!.exec!.command!.at(-1)!, /sleep 15$/);
    const env = Object.fromEntries(couchdb!.env!.map((variable) => [variable.name, variable.value]));
    assert.equal(env.NODENAME, "$(POD_NAME).orders-nodes.$(POD_NAMESPACE).svc.cluster.local");
    assert.equal(env.ERL_FLAGS, "+Q 65536");
  });

  test("secrets are in Secrets, and nowhere else", async () => {
    await cluster();
    const secrets = ["pw", "-pbkdf2:sha256-k,s,1", "cs", "ec"];
    const plain = registered.filter(({ type }) => /^kubernetes:/.test(type) && !/:Secret$/.test(type));
    const values = (value: unknown): unknown[] =>
      typeof value === "object" && value !== null ? Object.values(value).flatMap(values) : [value];
    for (const { type, name, inputs } of plain)
      for (const value of values(inputs)) assert.ok(!secrets.includes(value as string), `${type} ${name}: ${value}`);
    const { data } = inputsOf<{ data: Record<string, string> }>("Secret", "orders-node");
    const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]);
    assert.deepEqual(Object.fromEntries(texts), {
      erlangCookie: "ec",
      authorization: `${Buffer.from("admin:pw").toString("base64")}\n`,
      "credentials.ini":
        "[admins]\nadmin = -pbkdf2:sha256-k,s,1\n\n[chttpd_auth]\nsecret = cs\n\n[couchdb]\nuuid = 0123\n",
    });
  });

  test("a new configuration is a new ConfigMap, which old pods don't see: Pulumi names it", async () => {
    await cluster();
    const { immutable, metadata } = inputsOf<{ immutable: boolean; metadata: { name?: string } }>("ConfigMap");
    assert.deepEqual([immutable, metadata.name], [true, undefined]);
  });

  test("of two nodes none may be missing, of three one may", async () => {
    const spared = async (replicas: number) => {
      startMocks();
      await cluster({ replicas });
      return inputsOf<{ spec: { maxUnavailable: number } }>("PodDisruptionBudget").spec.maxUnavailable;
    };
    assert.equal(await spared(2), 0);
    assert.equal(await spared(3), 1);
  });

  test("joined by a sidecar, CouchDbMembership only waits", async () => {
    await cluster({ join: "sidecar" });
    assert.equal(inputsOf("CouchDbMembership").waitOnly, true);
    const { containers } = inputsOf<StatefulSet>("StatefulSet").spec.template.spec;
    assert.deepEqual(
      containers.map(({ name, image }) => `${name} ${image}`),
      ["couchdb couchdb:3.5.1", "couch-discover node:22-slim"],
    );
  });

  test("TLS, metrics and Ingress", async () => {
    const ingress = { host: "couch.example.com", className: "nginx", tlsSecretName: "couch-tls" };
    const { url } = await cluster({ tls: { secretName: "orders-tls" }, metrics: true, ingress });
    assert.equal(await known(url), "https://orders.default.svc.cluster.local:6984");
    assert.match(inputsOf<{ data: Record<string, string> }>("ConfigMap").data["cluster.ini"]!, /\[ssl\]\n/);
    assert.deepEqual(inputsOf<{ spec: unknown }>("Ingress").spec, {
      ingressClassName: "nginx",
      rules: [
        {
          host: "couch.example.com",
          http: {
            paths: [
              { path: "/", pathType: "Prefix", backend: { service: { name: "orders", port: { name: "https" } } } },
            ],
          },
        },
      ],
      tls: [{ hosts: ["couch.example.com"], secretName: "couch-tls" }],
    });
  });

  test("more environment variables come after its own", async () => {
    await cluster({ env: [{ name: "COUCHDB_ZONE", value: pulumi.output("a") }] });
    const { env } = inputsOf<StatefulSet>("StatefulSet").spec.template.spec.containers[0]!;
    assert.deepEqual(
      env.map(({ name }) => name),
      ["POD_NAME", "POD_NAMESPACE", "NODENAME", "COUCHDB_ERLANG_COOKIE", "ERL_FLAGS", "COUCHDB_ZONE"],
    );
    assert.equal(env.at(-1)!.value, "a");
  });

  test("an image too old for the newer hash gets the older", async () => {
    await cluster({ image: "couchdb:3.3.3" });
    const { hashFunction, iterations } = inputsOf("CouchDbCredentials");
    // These versions hash at each request.
    assert.deepEqual({ hashFunction, iterations }, { hashFunction: "sha1", iterations: 10 });
  });

  const rejected: [CouchDbClusterArgs, string, RegExp][] = [
    [{ replicas: 0 }, "replicas", /give 1, 3 or more/],
    [{ image: "couchdb:3.1.0" }, "image", /CVE-2022-24706/],
    [{ join: "magic" }, "join", /must be one of provider, sidecar/],
    [{ spread: "thin" }, "spread", /must be one of required, preferred, none/],
    [{ adminSecret: { name: "orders-admin" } }, "adminSecret.name", /give yours another name/],
    [{ metrics: js("false") }, "metrics", /true or false, not as a text/],
    [{ networkPolicy: { enabled: js("false") } }, "networkPolicy.enabled", /true or false/],
    [{ keepVolumes: js("false") }, "keepVolumes", /true or false/],
    [{ storageSize: "ten" }, "storageSize", /ten is (no|not a valid) size of a volume; give a Kubernetes quantity/],
    [{ storageSize: js(10) }, "storageSize", /10 is (no|not a valid) size of a volume/],
    [{ clusterDomain: "" }, "clusterDomain", /not a valid domain/],
    [{ terminationGraceSeconds: 0 }, "terminationGraceSeconds", /1 or more/],
    [{ config: js("[log]") }, "config", /object of sections/],
    [{ credentials: { adminUser: "a" } }, "credentials.adminUser", /give another name/],
    [{ sidecar: { logLevel: "debug" } }, "sidecar", /there is no sidecar; give join: "sidecar"/],
    [{ join: "sidecar", sidecar: { logLevel: "loud" } }, "logLevel", /"loud" is not valid; it must be one of debug/],
    [
      { adminSecret: { name: "given" }, credentials: { adminPassword: "p" } },
      "credentials",
      /adminPassword can't be given beside/,
    ],
    [{ env: js({ COUCHDB_ZONE: "a" }) }, "env", /give a list of variables/],
    [{ env: [{ name: "A" }, { name: "A" }] }, "env", /A is given twice/],
    [{ imagePullPolicy: "always" }, "imagePullPolicy", /must be one of Always, IfNotPresent, Never/],
    [{ env: [{ name: "COUCHDB_PASSWORD", value: "p" }] }, "env", /give credentials.adminPassword/],
  ];
  for (const [args, propertyPath, reason] of rejected)
    test(`rejected at once: ${JSON.stringify(args)}`, () => {
      assert.throws(() => new CouchDbCluster("orders", args), { propertyPath, reason });
    });

  test("rejected at once: a name that is not valid in Kubernetes", () => {
    assert.throws(() => new CouchDbCluster("Orders"), { propertyPath: "name" });
  });
});
