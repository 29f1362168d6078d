import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  drainProblem,
  graceProblem,
  imageProblem,
  imageVersion,
  joinProblem,
  replicasProblem,
  secretNameProblem,
  spreadProblem,
  usernameProblem,
} from "../../../components/couchdb/cluster/validate";
import { domainProblem, nameProblem, validated } from "../../../components/validation/arguments";

/** What a program that is not type-checked may give. */
const js = (value: unknown) => value as never;

describe("a cluster's arguments", () => {
  const table: [string, string | undefined, RegExp | undefined][] = [
    ["name orders", nameProblem("orders"), undefined],
    ["name my-orders-2", nameProblem("my-orders-2"), undefined],
    ["name with a capital", nameProblem("Orders"), /"Orders" can't name Kubernetes objects; use lower-case/],
    ["name that begins with a digit", nameProblem("2orders"), /beginning with a letter/],
    ["name that ends in a hyphen", nameProblem("orders-"), /can't name/],
    ["name of 52 characters", nameProblem("o".repeat(52)), undefined],
    ["name of 53 characters", nameProblem("o".repeat(53)), /longer than 52 characters; shorten it/],
    ["1 node", replicasProblem(1), undefined],
    ["no nodes", replicasProblem(0), /0 is not a valid number of nodes; give 1, 3 or more/],
    ["half a node", replicasProblem(2.5), /2.5 is not a valid number of nodes/],
    ["more nodes than make sense", replicasProblem(1e9), /up to 1000/],
    ["a text for a number", replicasProblem(js("3")), /^"3" is not a valid number of nodes/],
    ["not a number", replicasProblem(Number.NaN), /NaN is not a valid number of nodes/],
    ["the default image", imageProblem("couchdb:3.5.1"), undefined],
    ["a registry with a port", imageProblem("registry.example:5000/couchdb:3.4.2"), undefined],
    ["an image without tag on such a registry", imageProblem("registry.example:5000/couchdb"), undefined],
    ["a digest", imageProblem(`couchdb@sha256:${"0".repeat(64)}`), undefined],
    ["a variant", imageProblem("couchdb:3.4.2-nouveau"), undefined],
    ["an old image", imageProblem("couchdb:3.2.1"), /CVE-2022-24706\); give 3.2.2 or newer/],
    ["an old image by digest too", imageProblem(`couchdb:2.3.1@sha256:${"0".repeat(64)}`), /CVE-2022-24706/],
    ["the newest of an old line", imageProblem("couchdb:3.1"), /CVE-2022-24706/],
    ["the newest of a line", imageProblem("couchdb:3"), undefined],
    ["an image with versions of its own", imageProblem("acme/couchdb-custom:1.4"), undefined],
    ["another kind of tag", imageProblem("couchdb:latest"), undefined],
    ["no image", imageProblem(" "), /this is not a valid image/],
    ["a number for an image", imageProblem(js(3.5)), /this is not a valid image/],
    ["join by provider", joinProblem("provider"), undefined],
    ["join by magic", joinProblem("magic"), /"magic" is not valid; it must be one of provider, sidecar/],
    ["spread over hosts", spreadProblem("required"), undefined],
    ["spread thin", spreadProblem("thin"), /"thin" is not valid; it must be one of required, preferred, none/],
    ["the usual administrator", usernameProblem("admin"), undefined],
    [
      "an administrator of one letter",
      usernameProblem("a"),
      /second character is not a letter, digit or _; give another/,
    ],
    ["an administrator x-men", usernameProblem("x-men"), /rejects a name/],
    ["a Secret of another name", secretNameProblem(["orders-admin"])("given"), undefined],
    ["a Secret of a name that is made", secretNameProblem(["orders-admin"])("orders-admin"), /give yours another name/],
    ["a Secret without a name", secretNameProblem(["orders-admin"])(""), /missing or empty; give a text/],
    ["the usual domain", domainProblem("cluster.local"), undefined],
    ["a domain of one part", domainProblem("k8s"), undefined],
    ["no domain", domainProblem(""), /"" is not a valid domain; give it as cluster.local, or leave it out/],
    ["a domain with a dot before it", domainProblem(".cluster.local"), /is not a valid domain/],
    ["a URL for a domain", domainProblem("https://cluster.local"), /is not a valid domain/],
    ["a grace of 120 s", graceProblem(120), undefined],
    ["a grace of less than nothing", graceProblem(-1), /-1 is not a whole number of seconds; give 1 or more/],
    ["a text for a grace", graceProblem(js("120")), /"120" is not a whole number/],
    ["drain of 15 s within 120 s", drainProblem(15, 120), undefined],
    [
      "drain longer than the grace",
      drainProblem(30, 30),
      /leave no time for stopping within terminationGraceSeconds \(30 s\)/,
    ],
    ["drain of less than nothing", drainProblem(-1, 30), /-1 is not a number of seconds/],
    ["a drain that is not a number", drainProblem(Number.NaN, 30), /NaN is not a number of seconds/],
    ["a text for a drain", drainProblem(js("15"), 120), /"15" is not a number of seconds/],
  ];
  for (const [what, problem, expected] of table)
    test(`${what}: ${expected ? "rejected" : "valid"}`, () => {
      if (expected) assert.match(problem ?? "", expected);
      else assert.equal(problem, undefined);
    });

  test("the version of an image comes from its tag", () => {
    assert.equal(imageVersion("couchdb:3.5.1"), "3.5.1");
    assert.equal(imageVersion("couchdb:3.3"), "3.3.999");
    assert.equal(imageVersion("registry.example:5000/couchdb"), undefined);
  });

  test("plain arguments are validated at once", () => {
    const validator = () => "it is wrong; put it right";
    const rejected = { propertyPath: "replicas", reason: "it is wrong; put it right" };
    assert.throws(() => validated("replicas", 3, validator), rejected);
    assert.throws(() => validated("replicas", { of: ["them"] }, validator), rejected);
  });

  test("an argument that is not known yet is validated later", () => {
    const log = { level: pulumi.output("debug") };
    assert.doesNotThrow(() => validated("config", { log }, () => undefined));
    const later = { of: new Promise<string>(() => {}) };
    assert.doesNotThrow(() => validated<object>("replicas", later, () => "it is wrong"));
  });
});
