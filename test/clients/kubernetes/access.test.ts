import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CouchDbClient } from "../../../components/clients/couchdb/client";
import { CouchDbError } from "../../../components/clients/couchdb/error";
import { type PodAddress, podAddress, podUrlProblem } from "../../../components/clients/kubernetes/access";
import { kubernetesApi } from "../../../components/clients/kubernetes/api";
import {
  answeredInstead,
  portForwardBroke,
  portForwardProblem,
} from "../../../components/clients/kubernetes/port-forward-error";

describe("the pod that a URL names", () => {
  const pod = { pod: "orders-0", namespace: "shop" };
  const cases: Record<string, PodAddress | undefined> = {
    "http://orders-0.orders.shop.svc.cluster.local:5984": { ...pod, port: 5984 },
    "https://orders-0.orders.shop.svc:6984/": { ...pod, port: 6984 },
    "https://orders-0.orders.shop.svc.example.com": { ...pod, port: 443 },
    "http://orders-0.orders.shop.svc.cluster.local": { ...pod, port: 80 },
    "http://orders-0.orders.shop": undefined,
    "http://10.0.0.1:5984": undefined,
    "http://localhost:5984": undefined,
    junk: undefined,
  };
  for (const [url, address] of Object.entries(cases))
    test(url, () => {
      assert.deepEqual(podAddress(url), address);
      if (!address) assert.match(podUrlProblem(url)!, /http:\/\/POD\.SERVICE\.NAMESPACE\.svc\.DOMAIN:PORT/);
    });
});

describe("a kubeconfig that is not valid is reported without repeating it", () => {
  const cases: [title: string, access: { kubeconfig?: string; context?: string }, says: RegExp][] = [
    [
      "no such file",
      { kubeconfig: "/nowhere/hunter" },
      /the given `kubeconfig` can't be read \(\/nowhere\/hunter: ENOENT\)/,
    ],
    [
      "one in base64",
      { kubeconfig: Buffer.from("{token: hunter2}").toString("base64") },
      /read \(ENOENT: .* in base64 has to be decoded/,
    ],
    ["a token in its place", { kubeconfig: "hunter2hunter2" }, /read \(ENOENT: it is neither the text of one nor/],
    ["junk", { kubeconfig: "{ token: hunter2" }, /can't be read \(it is not a valid kubeconfig\)/],
    ["none", { kubeconfig: "apiVersion: v1\nkind: Config\n" }, /no Kubernetes cluster is known; give `kubeconfig`/],
    ["no such context", { kubeconfig: kubeconfig("hunter2"), context: "prod" }, /has no context prod; it has test/],
  ];
  for (const [title, access, says] of cases)
    test(title, async () => {
      await assert.rejects(kubernetesApi(access), (error: Error) => {
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      });
    });
});

test("nodes are not asked again because a kubeconfig is wrong", async () => {
  const kubernetes = { kubeconfig: "/nowhere/config" };
  const node = new CouchDbClient("http://orders-0.orders.shop.svc:5984", {
    adminUser: "a",
    adminPassword: "b",
    kubernetes,
  });
  await assert.rejects(node.request({ path: "_up" }), (error: Error) => {
    assert.match(error.message, /the given `kubeconfig` can't be read/);
    assert.doesNotMatch(error.message, /check that the node runs/);
    return !CouchDbError.isTransient(error);
  });
});

test("a cluster is known once for all who ask", async () => {
  const access = { kubeconfig: kubeconfig("a") };
  assert.equal(await kubernetesApi(access), await kubernetesApi({ ...access }));
  assert.notEqual(await kubernetesApi(access), await kubernetesApi({ kubeconfig: kubeconfig("b") }));
});

describe("what a port-forward says", () => {
  const address = { namespace: "shop", pod: "orders-0", port: 5984 };
  const cases: [error: Error, permanent: boolean, says: RegExp][] = [
    [
      answeredInstead(address, 403, '{"message":"pods is forbidden"}'),
      true,
      /"get" and "create" on "pods\/portforward" in namespace shop/,
    ],
    [answeredInstead(address, 401, ""), true, /does not take the kubeconfig's credentials/],
    [
      answeredInstead(address, 404, '{"message":"pods \\"orders-0\\" not found"}'),
      false,
      /there is no pod shop\/orders-0/,
    ],
    [answeredInstead(address, 500, "down"), false, /no port-forward to pod shop\/orders-0: down/],
    [
      portForwardBroke(address, "dial tcp4 127.0.0.1:5984: connect: connection refused"),
      false,
      /nothing listens on port 5984/,
    ],
  ];
  for (const [error, permanent, says] of cases)
    test(error.message, () => {
      // The HTTP client hands on the words alone.
      const problem = portForwardProblem(`error happened in your connection. Reason: ${error}`);
      assert.equal(problem?.permanent, permanent);
      assert.match(problem!.detail, says);
    });
});

function kubeconfig(token: string): string {
  return JSON.stringify({
    clusters: [{ name: "test", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  });
}
