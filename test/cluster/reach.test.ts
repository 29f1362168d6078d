/** Port-forwards to pods of a web server, not CouchDB: what goes through, and what is reported when nothing does. */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { after, before, test } from "node:test";
import { generate } from "selfsigned";
import { CouchDbClient } from "../../components/clients/couchdb/client";
import { CouchDbError } from "../../components/clients/couchdb/error";
import { eventually } from "../eventually";
import { cluster, type TestCluster } from "../testbed";
import { restrictedContainer, restrictedPod } from "./restricted";

const program = `
  const server = require("http").createServer((request, response) => {
    if (request.url === "/die") process.exit(1);
    if (request.url === "/hang") return;
    const body = { pid: process.uptime(), pad: "x".repeat(request.url === "/big" ? 3e6 : 0) };
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  server.listen(5984);
  const { KEY: key, CERT: cert } = process.env;
  const secured = require("https").createServer({ key, cert }, (_, response) => {
    response.setHeader("content-type", "application/json").end("{}");
  });
  secured.listen(6984);
  process.on("SIGTERM", () => process.exit(0));
`;

let api: TestCluster;
let namespace: string;
let certificate: Awaited<ReturnType<typeof generate>>;
let kubernetes: { kubeconfig: string };

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends) await end();
});

/** How many sockets this process has open. */
function sockets(): number {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ""; // the one that reading the folder took
    }
  });
  return links.filter((link) => link.startsWith("socket:")).length;
}

const socketsBefore = sockets();

before(async () => {
  api = await cluster();
  kubernetes = { kubeconfig: api.kubeconfig };
  namespace = await api.namespace({ after: (end) => void ends.push(end as () => Promise<void>) }, "reach");
  certificate = await generate([{ name: "commonName", value: "web" }], {
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: `web-0.web.${namespace}.svc.cluster.local` }] },
    ],
  });
  const env = [
    { name: "KEY", value: certificate.private },
    { name: "CERT", value: certificate.cert },
  ];
  const server = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-0" },
    spec: {
      securityContext: restrictedPod(5984),
      containers: [
        {
          name: "web",
          image: "node:22-slim",
          command: ["node", "-e", program],
          env,
          securityContext: restrictedContainer,
        },
      ],
    },
  };
  await api.apply(namespace, [server]);
  await eventually("the web server answers", () => client().request({ path: "" }));
});

const connection = () => ({ adminUser: "adm", adminPassword: "hunter2", kubernetes });
const client = (pod = "web-0", port = 5984, reach = kubernetes) =>
  new CouchDbClient(`http://${pod}.web.${namespace}.svc.cluster.local:${port}`, { ...connection(), kubernetes: reach });

async function failure(request: Promise<unknown>): Promise<CouchDbError> {
  const error = await request.then(
    () => assert.fail("the request succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CouchDbError, String(error));
  assert.doesNotMatch(error.message, /hunter2/);
  return error;
}

test("requests go through, large ones and many at once", async () => {
  const { pad } = await client().request<{ pad: string }>({ path: "big" });
  assert.equal(pad.length, 3e6);
  await client().request({ method: "POST", path: "", body: { pad: "y".repeat(3e6) } });
  await Promise.all(Array.from({ length: 20 }, () => client().request({ path: "" })));
});

test("TLS goes through, and is checked against the name in the URL", async () => {
  const { url } = client("web-0", 6984);
  const secured = (tls: object) => new CouchDbClient(url.replace("http:", "https:"), { ...connection(), tls });
  assert.deepEqual(await secured({ ca: certificate.cert }).request({ path: "" }), {});
  const error = await failure(secured({}).request({ path: "" }));
  assert.match(error.message, /the TLS connection failed .*check tls\.ca/);
  const otherName = url.replace("http://web-0.web.", "https://web-0.other.");
  const other = new CouchDbClient(otherName, { ...connection(), tls: { ca: certificate.cert } });
  assert.match((await failure(other.request({ path: "" }))).message, /the TLS connection failed .*altnames/i);
});

test("a port on which nothing listens is reported at once, and is a transient problem", async () => {
  // Not for lack of an answer in time, which would say so.
  const error = await failure(client("web-0", 5985).request({ path: "", timeout: 120_000 }));
  assert.match(error.message, /pod reach-.*\/web-0: nothing listens on port 5985 yet/);
  assert.ok(CouchDbError.isTransient(error));
});

test("so is a pod that is not there", async () => {
  const error = await failure(client("web-1").request({ path: "" }));
  assert.match(error.message, /there is no pod reach-.*\/web-1/);
  assert.ok(CouchDbError.isTransient(error));
});

test("an answer that does not come is waited for no longer than asked", async () => {
  const error = await failure(client().request({ path: "hang", timeout: 300 }));
  assert.match(error.message, /no answer in time/);
  await client().request({ path: "" });
});

test("a server that dies in the middle of a request is reported, and reached again when it is back", async () => {
  const error = await failure(client().request({ path: "die" }));
  assert.match(error.message, /closed without an answer/);
  assert.ok(CouchDbError.isTransient(error));
  await eventually("the web server answers again", () => client().request({ path: "" }));
});

test("for a user who may not forward ports the missing rights are reported, as a permanent problem", async () => {
  const text = await api.kubectl("config", "view", "--raw", "--minify", "--output", "json");
  const [user] = JSON.parse(text).users;
  user.user.as = "nobody-in-particular";
  const kubeconfig = JSON.stringify({ ...JSON.parse(text), users: [user] });
  const error = await failure(client("web-0", 5984, { kubeconfig }).request({ path: "" }));
  assert.match(error.message, /User "nobody-in-particular" cannot .* "pods\/portforward".*grant .* "get" and "create"/);
  assert.ok(!CouchDbError.isTransient(error));
});

test("connections end by themselves soon after they are used", async () => {
  await client().request({ path: "" });
  await eventually("no connection is left", async () => sockets() === socketsBefore);
});
