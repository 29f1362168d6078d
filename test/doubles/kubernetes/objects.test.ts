import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkpointOf, outputsOf } from "./checkpoint";
import { idOf, parseId, parseUrn, uniqueName } from "./identity";
import { hasName, isAutonamed, named } from "./naming";
import { normalized } from "./normalize";
import { type JsonObject, nameOf } from "./objects";
import { pruned } from "./prune";
import { quantity } from "./quantity";
import { holdsSecrets, plain, secret, withSecretsOf } from "./values";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urn = "urn:pulumi:dev::shop::couch:index:Cluster$kubernetes:apps/v1:StatefulSet::orders";
const noSeed = new Uint8Array();

describe("names", () => {
  it("are made of the resource's name where the program gives none", () => {
    const inputs = named({ metadata: { labels: {} } }, undefined, urn, noSeed);
    assert.match(nameOf(inputs), /^orders-[0-9a-f]{8}$/);
    assert.ok(isAutonamed(inputs));
  });

  it("stay what they were", () => {
    const first = named({}, undefined, urn, noSeed);
    assert.equal(nameOf(named({}, first, urn, noSeed)), nameOf(first));
    assert.equal(nameOf(named({ metadata: { name: "mine" } }, first, urn, noSeed)), "mine");
    assert.equal(nameOf(named({}, { metadata: { name: "mine" } }, urn, noSeed)), "");
  });

  it("may be unknown yet", () => {
    const inputs = { metadata: { name: UNKNOWN } };
    assert.ok(hasName(inputs));
    assert.equal(named(inputs, undefined, urn, noSeed), inputs);
  });

  it("are the same ones for the same seed", () => {
    assert.equal(uniqueName("a-", Buffer.from("seed")), uniqueName("a-", Buffer.from("seed")));
    assert.notEqual(uniqueName("a-", Buffer.from("seed")), uniqueName("a-", Buffer.from("other")));
  });

  it("make ids with and without namespaces", () => {
    assert.equal(idOf({ metadata: { name: "a", namespace: "b" } }), "b/a");
    assert.equal(idOf({ metadata: { name: "a" } }), "a");
    assert.deepEqual(parseId("b/a"), { namespace: "b", name: "a" });
    assert.deepEqual(parseId("a"), { namespace: "", name: "a" });
  });

  it("name the object's kind in a URN", () => {
    const { apiVersion, kind, name } = parseUrn(urn);
    assert.deepEqual({ apiVersion, kind, name }, { apiVersion: "apps/v1", kind: "StatefulSet", name: "orders" });
    assert.equal(parseUrn("urn:pulumi:d::p::kubernetes:core/v1:Secret::s").apiVersion, "v1");
  });
});

describe("quantities", () => {
  const cases: [input: string | number, canonical: string][] = [
    ["1000m", "1"],
    ["100m", "100m"],
    ["0.5", "500m"],
    [0.01, "10m"],
    [2, "2"],
    ["1024Mi", "1Gi"],
    ["16384Ki", "16Mi"],
    ["1.5Gi", "1536Mi"],
    ["1000", "1k"],
    ["1e3", "1e3"],
    ["0", "0"],
  ];
  for (const [input, canonical] of cases)
    it(`${input} is ${canonical}`, () => assert.equal(quantity(input), canonical));

  it("that are not valid stay as they are, for the API server to refuse", () => assert.equal(quantity("much"), "much"));
});

describe("inputs", () => {
  it("take the form that Kubernetes' types give them", () => {
    const inputs = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "a", annotations: {}, labels: { empty: "" }, uid: "x" },
      spec: {
        hostNetwork: false,
        containers: [{ env: [], resources: { requests: { cpu: "1000m" } } }],
        volumes: [{ emptyDir: {} }],
      },
    };
    assert.deepEqual(normalized(inputs), {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "a", labels: { empty: "" } },
      spec: { containers: [{ resources: { requests: { cpu: "1" } } }], volumes: [{ emptyDir: {} }] },
    });
  });

  it("of custom resources are what the program says", () => {
    const inputs = { apiVersion: "shop.example/v1", kind: "Order", spec: { limits: { cpu: "1000m" }, items: [] } };
    assert.deepEqual(normalized(inputs), inputs);
  });

  it("of a Secret have all its data in base64", () => {
    const inputs = { apiVersion: "v1", kind: "Secret", data: { a: "YQ==" }, stringData: { b: "b" } };
    assert.deepEqual(normalized(inputs).data, { a: "YQ==", b: "Yg==" });
    assert.equal(normalized(inputs).stringData, undefined);
  });

  it("are what of the live object counts", () => {
    const live = { spec: { replicas: 3, selector: { a: "b" }, ports: [{ port: 80, nodePort: 1 }] }, status: {} };
    const inputs = { spec: { replicas: 1, ports: [{ port: 1 }, { port: 2 }] } };
    assert.deepEqual(pruned(live, inputs), { spec: { replicas: 3, ports: [{ port: 80 }] } });
  });
});

describe("secrets", () => {
  it("stay so in what comes back, as narrowly as they were", () => {
    const inputs = { spec: { password: secret("p"), name: "n", list: ["a", secret("b")] } };
    assert.deepEqual(withSecretsOf(inputs, { spec: { password: "p", name: "n", list: ["a", "b"] } }), {
      spec: { password: secret("p"), name: "n", list: secret(["a", "b"]) },
    });
  });

  it("are a Secret's data in any case", () => {
    const live: JsonObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: "YQ==" } };
    const outputs = outputsOf({ inputs: live, live, initialApiVersion: "v1", fieldManager: "m" }, {});
    assert.deepEqual(outputs.data, secret({ a: "YQ==" }));
    assert.ok(holdsSecrets(outputs.__inputs!));
    assert.deepEqual(checkpointOf(outputs), { inputs: live, live, initialApiVersion: "v1", fieldManager: "m" });
  });

  it("are plain for Kubernetes, and null is nothing", () => {
    assert.deepEqual(plain({ a: secret({ b: secret("c") }), d: null }), { a: { b: "c" } });
  });
});
