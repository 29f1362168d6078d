import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { V1Container } from "../../../components/clients/kubernetes/client-library";
import { configurationOf } from "../../../components/couchdb/sidecar/program/configuration";
import type { Environment } from "../../../components/runtime/environment";
import { logTo } from "../../../components/runtime/log";
import { type ClusterState, KubernetesApiDouble } from "./kubernetes";

const state: ClusterState = {
  statefulSet: "couch",
  service: "nodes",
  replicas: 3,
  start: 0,
  podManagementPolicy: "Parallel",
  containers: [],
  pods: new Map(),
  configMaps: { settings: { user: "of-map", DB_COUCHDB_ADMIN_USER: "wrong prefix", COUCHDB_ADMIN_USER: "from-map" } },
  secrets: { admin: { user: "of-secret", password: "p1", COUCHDB_ADMIN_PASS: "from-secret" } },
  asked: [],
};

async function resolve(couchDb: Partial<V1Container>, own: Environment = {}, differences: Partial<ClusterState> = {}) {
  const lines: string[] = [];
  const containers = [{ name: "couch-discover" }, { name: "couchdb", ...couchDb }];
  const api = new KubernetesApiDouble({ ...state, asked: [], containers, ...differences });
  const log = logTo((line) => lines.push(line), "info");
  return { ...(await configurationOf(await api.statefulSet("couch"), own, api, log)), lines, asked: api.state.asked };
}

const plain = [
  { name: "COUCHDB_ADMIN_USER", value: "u" },
  { name: "COUCHDB_ADMIN_PASS", value: "p" },
];

test("plain values", async () => {
  const { adminUser: user, adminPassword: password, port, ordinals } = await resolve({ env: plain });
  assert.deepEqual([user, password, port, ordinals], ["u", "p", 5984, [0, 1, 2]]);
});

test("values that refer to keys, and to other variables", async () => {
  const { adminUser: user, adminPassword: password } = await resolve({
    env: [
      { name: "PREFIX", valueFrom: { configMapKeyRef: { name: "settings", key: "user" } } },
      { name: "COUCHDB_ADMIN_USER", value: "$(PREFIX)-x$$(LATER)" },
      { name: "COUCHDB_ADMIN_PASS", valueFrom: { secretKeyRef: { name: "admin", key: "password" } } },
    ],
  });
  assert.deepEqual([user, password], ["of-map-x$(LATER)", "p1"]);
});

test("whole ConfigMaps and Secrets, with a prefix and without", async () => {
  const envFrom = [{ configMapRef: { name: "settings" } }, { secretRef: { name: "admin" } }];
  const { adminUser: user, adminPassword: password } = await resolve({ envFrom });
  assert.deepEqual([user, password], ["from-map", "from-secret"]);
  const prefixed = await resolve(
    { env: plain.slice(1), envFrom: [{ prefix: "COUCHDB_ADMIN_", configMapRef: { name: "m" } }] },
    {},
    { configMaps: { m: { USER: "prefixed" } } },
  );
  assert.equal(prefixed.adminUser, "prefixed");
});

test("the names of CouchDB's own image", async () => {
  const env = [
    { name: "COUCHDB_USER", value: "u" },
    { name: "COUCHDB_PASSWORD", value: "p" },
  ];
  const { adminUser: user, adminPassword: password } = await resolve({ env });
  assert.deepEqual([user, password], ["u", "p"]);
});

test("a file goes first, then this container's own environment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "discover-"));
  writeFileSync(join(folder, "password"), "of file\n");
  const { adminUser: user, adminPassword: password } = await resolve(
    { env: plain },
    { COUCHDB_ADMIN_USER: "own", COUCHDB_ADMIN_PASS: "own", COUCHDB_ADMIN_PASS_FILE: join(folder, "password") },
  );
  assert.deepEqual([user, password], ["own", "of file"]);
});

test("only what is needed is read", async () => {
  const { asked } = await resolve(
    { env: plain, envFrom: [{ configMapRef: { name: "big" } }] },
    { COUCHDB_CLUSTER_SIZE: "1" },
  );
  assert.deepEqual(asked, ["statefulset couch"]);
});

test("a Secret that can't be read is an error, not the default password; an optional one may be missing", async () => {
  const missing = (optional?: boolean) => [
    plain[0]!,
    { name: "COUCHDB_ADMIN_PASS", valueFrom: { secretKeyRef: { name: "gone", key: "x", optional } } },
  ];
  await assert.rejects(resolve({ env: missing() }), /gone/);
  assert.equal((await resolve({ env: missing(true) })).adminPassword, "secret");
});

test("a ConfigMap or Secret that may not be read is an error only where the value is nowhere else", async () => {
  const envFrom = [{ configMapRef: { name: "tuning" } }];
  const forbidden = { forbidden: ["tuning"], configMaps: { tuning: {} } };
  const sized = await resolve({ env: plain, envFrom }, {}, forbidden);
  assert.deepEqual([sized.adminUser, sized.ordinals.length], ["u", 3]);
  assert.match(sized.lines.join(""), /tuning.*403.*Assuming that COUCHDB_CLUSTER_SIZE is not set there/);
  const env = [
    { name: "COUCHDB_USER", value: "u" },
    { name: "COUCHDB_PASSWORD", value: "p" },
  ];
  const named = await resolve({ env, envFrom }, {}, forbidden);
  assert.deepEqual([named.adminUser, named.adminPassword], ["u", "p"]);
  await assert.rejects(resolve({ env: env.slice(0, 1), envFrom }, {}, forbidden), /tuning.*403/);
});

test("CouchDB's container may be named after the StatefulSet, as couchdiscover wants it", async () => {
  const api = new KubernetesApiDouble({
    ...state,
    asked: [],
    containers: [{ name: "backup" }, { name: "couch", image: "registry.example.com/our-db:1", env: plain }],
  });
  const { adminUser: user, adminPassword: password } = await configurationOf(
    await api.statefulSet("couch"),
    {},
    api,
    () => {},
  );
  assert.deepEqual([user, password], ["u", "p"]);
});

test("the old defaults, with a warning", async () => {
  const { adminUser: user, adminPassword: password, lines } = await resolve({});
  assert.deepEqual([user, password], ["admin", "secret"]);
  assert.match(lines.join(""), /"level":"warning".*default password/);
});

test("COUCHDB_CLUSTER_SIZE is a number, or a warning says otherwise; ordinals have a start", async () => {
  const sized = (value: string) =>
    resolve({ env: [...plain, { name: "COUCHDB_CLUSTER_SIZE", value }] }, {}, { start: 2 });
  assert.deepEqual((await sized("5")).ordinals, [2, 3, 4, 5, 6]);
  const bad = await sized("many");
  assert.deepEqual(bad.ordinals, [2, 3, 4]);
  assert.match(bad.lines.join(""), /not a number of nodes/);
});

const ports: [string, V1Container["ports"], number][] = [
  ["by number", [{ name: "x", containerPort: 1 }, { containerPort: 5984 }], 5984],
  [
    "by name, and never the old admin port",
    [
      { name: "admin", containerPort: 5986 },
      { name: "couchdb", containerPort: 15984 },
    ],
    15984,
  ],
  [
    "by the name that pod specs for couchdiscover have",
    [
      { name: "admin", containerPort: 15986 },
      { name: "data", containerPort: 15984 },
    ],
    15984,
  ],
  ["by default", [], 5984],
];
for (const [how, list, port] of ports)
  test(`CouchDB's port, ${how}`, async () => {
    assert.equal((await resolve({ env: plain, ports: list })).port, port);
  });
