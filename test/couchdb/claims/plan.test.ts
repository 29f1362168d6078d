import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rejection } from "../../../components/couchdb/claims/grow";
import type { Claim } from "../../../components/couchdb/claims/observe";
import { describeLag, describe as inWords, plan, type Step } from "../../../components/couchdb/claims/plan";

const claim = (name: string, size: string, differences: Partial<Claim> = {}): Claim => ({
  name,
  size,
  capacity: size,
  bound: true,
  conditions: [],
  ...differences,
});

const growing = (name: string, from: string): Step => ({ kind: "grow", claim: name, from, storageClass: undefined });

describe("what is left to do until a and b have 2Gi", () => {
  const cases: [title: string, templateSize: string | undefined, claims: Claim[], steps: Step[]][] = [
    ["both have", "1Gi", [claim("a", "2Gi"), claim("b", "2048Mi")], []],
    ["larger ones are let be", "1Gi", [claim("a", "3Gi"), claim("b", "2Gi")], []],
    ["both are too small", "1Gi", [claim("a", "1Gi"), claim("b", "1Gi")], [growing("a", "1Gi"), growing("b", "1Gi")]],
    ["others don't matter", "1Gi", [claim("a", "2Gi"), claim("b", "2Gi"), claim("c", "1Gi")], []],
    ["none yet, will be right", "2Gi", [], []],
    [
      "one yet to come, will be too small",
      "1Gi",
      [claim("a", "1Gi")],
      [growing("a", "1Gi"), { kind: "await", claim: "b", until: "made" }],
    ],
    [
      "one without a volume yet",
      "1Gi",
      [claim("a", "1Gi", { bound: false }), claim("b", "2Gi", { bound: false })],
      [{ kind: "await", claim: "a", until: "bound" }],
    ],
  ];
  for (const [title, templateSize, claims, steps] of cases)
    test(title, () => assert.deepEqual(plan({ claims, templateSize }, ["a", "b"], "2Gi"), steps));
});

test("steps in words", () => {
  const steps: Step[] = [
    growing("a", "1Gi"),
    { kind: "await", claim: "b", until: "made" },
    { kind: "await", claim: "c", until: "bound" },
  ];
  assert.equal(
    inWords(steps, "2Gi"),
    "growing a to 2Gi; waiting until Kubernetes has made b; waiting until c got a volume, as it can't be grown before",
  );
});

test("volumes that lag behind are reported, with what the storage says", () => {
  const pending = "FileSystemResizePending: Waiting for user to (re-)start a pod";
  const claims = [claim("a", "2Gi"), claim("b", "2Gi", { capacity: "1Gi", conditions: [pending] })];
  assert.match(describeLag(claims)!, /: b has 1Gi so far; FileSystemResizePending: Waiting/);
  assert.equal(describeLag(claims.slice(0, 1)), undefined);
});

describe("rejections of the API server", () => {
  const step = { kind: "grow", claim: "data-orders-0", from: "1Gi", storageClass: "slow" } as const;
  const cases: [message: string, remedy: RegExp][] = [
    ["the storageclass that provisions the pvc must support resize", /allowVolumeExpansion: true .*StorageClass slow/],
    ["exceeded quota: storage, requested: …", /quota raised, or set the size back to 1Gi/],
    ['User "ci" cannot patch resource "persistentvolumeclaims"', /let the user of the kubeconfig patch/],
    ["something new", /To go on, set the size back to 1Gi$/],
  ];
  for (const [message, remedy] of cases)
    test(message, () => {
      const text = rejection(step, "2Gi", message);
      assert.ok(text.startsWith(`the volume claim data-orders-0 can't grow from 1Gi to 2Gi: ${message}. `), text);
      assert.match(text, remedy);
    });
});
