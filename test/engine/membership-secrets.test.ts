import assert from "node:assert/strict";
import { test } from "node:test";
import * as couch from "../../components";
import { freshDouble } from "../nodes";
import { TestStack } from "./stack";

test("a change of the password is a plain update, interrupted or not, and state never shows one", async (t) => {
  const { nodes, double, stop } = await freshDouble([{ docker: true }, { docker: true }]);
  t.after(stop);
  const program =
    (adminPassword: string, args: Partial<couch.CouchDbMembershipArgs> = {}) =>
    async () => {
      const credentials = new couch.CouchDbCredentials("admin", { adminPassword: adminPassword, iterations: 10 });
      const membership = new couch.CouchDbMembership("cluster", {
        nodes: nodes.map(({ url }) => ({ url })),
        adminUser: "adm",
        adminPassword,
        adminPasswordHash: credentials.adminPasswordHash,
        timeoutSeconds: 30,
        ...args,
      });
      new couch.CouchDbDatabase("orders", { connection: membership.connection, name: "orders" });
    };
  const stack = await TestStack.make(t, program("pass"));
  if (!stack) return;
  await stack.up();
  assert.deepEqual(await stack.up(), { same: 4 });

  await double!.nodes[1]!.stop();
  assert.match(await stack.failingUp(program("hunter2hunter2", { timeoutSeconds: 1 })), /gave up after 1 s/);
  await double!.nodes[1]!.start();
  await stack.up(program("hunter2hunter2"));
  assert.deepEqual(await stack.up(), { same: 4 });
  const { text } = await stack.state();
  assert.doesNotMatch(text, /hunter2|-pbkdf2/);
  await stack.destroy();
});

test("an invalid argument is reported by its name, never by its value", async (t) => {
  const js = (value: unknown) => value as never;
  const declared = { nodes: [{ url: "http://a:5984" }], adminUser: "adm", adminPassword: "hunter2" };
  const membership = (args: Partial<couch.CouchDbMembershipArgs>) => async () => {
    new couch.CouchDbMembership("cluster", { ...declared, ...args });
  };
  const cases: [program: () => Promise<void>, reported: string][] = [
    [membership({ adminPasswordHash: "hunter2" }), "adminPasswordHash: this is not a password as CouchDB keeps it"],
    [membership({ tls: js("hunter2") }), "tls: give an object with ca, cert and key"],
    [membership({ timeoutSeconds: js("hunter2") }), "timeoutSeconds: it is not a whole number"],
    [
      async () => {
        new couch.CouchDbCredentials("admin", { adminPassword: "hunter2 " });
      },
      "adminPassword: it begins or ends with white space",
    ],
    [
      async () => {
        new couch.CouchDbDatabase("db", {
          connection: { urls: [], adminUser: "adm", adminPassword: "hunter2" },
          name: "db",
        });
      },
      "connection: give the connection of a CouchDbMembership",
    ],
  ];
  const stack = await TestStack.make(t, membership({}));
  if (!stack) return;
  for (const [program, reported] of cases) {
    const error = await stack.failingUp(program);
    assert.match(error, new RegExp(`resource '\\w+' has a problem: ${reported}`));
    assert.doesNotMatch(error, /hunter2/);
  }
});

test("a kubeconfig is a secret as a whole", async (t) => {
  const kubeconfig = JSON.stringify({ users: [{ name: "u", user: { token: "hunter2" } }] });
  const stack = await TestStack.make(t, async () => {
    const membership = new couch.CouchDbMembership("cluster", {
      nodes: [{ url: "http://orders-0.orders.shop.svc.cluster.local:5984" }],
      adminUser: "adm",
      adminPassword: "hunter2",
      kubernetes: { kubeconfig },
    });
    return { kubernetes: membership.connection };
  });
  if (!stack) return;
  const error = await stack.failingUp();
  assert.match(error, /no Kubernetes cluster is known/);
  assert.doesNotMatch(error + (await stack.state()).text, /hunter2/);
});
