/** Which pods a Service's EndpointSlices show, and whether it hides any. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { V1EndpointSlice } from "../../../components/clients/kubernetes/client-library";
import { hidesPods, podsIn } from "../../../components/couchdb/sidecar/program/endpoints";
import type { Json } from "../../../components/runtime/json";

const identity = { statefulSet: "couch", ordinal: 0, service: "nodes", namespace: "test", domain: "cluster.local" };

/** An endpoint by its pod, uid and letters: not `r`eady, `t`erminating, `u`nknown conditions, by `h`ostname alone. */
function endpoint(text: string) {
  const [name, uid, letters = ""] = text.split(":") as [string, string, string?];
  const is = (letter: string) => letters.includes(letter);
  return {
    addresses: ["10.0.0.1"],
    hostname: name,
    ...(!is("u") && { conditions: { ready: !is("r"), serving: !is("r"), terminating: is("t") } }),
    ...(!is("h") && { targetRef: { kind: "Pod", name, uid } }),
  };
}

const slice = (...texts: string[]): Json<V1EndpointSlice> => ({
  addressType: "IPv4",
  endpoints: texts.map(endpoint),
});

const cases: [what: string, slices: Json<V1EndpointSlice>[], pods: Record<number, string>, hides: boolean][] = [
  ["no pod", [slice()], {}, false],
  ["no list of endpoints", [{ addressType: "IPv4" } as Json<V1EndpointSlice>], {}, false],
  ["pods of several slices", [slice("couch-0:a"), slice("couch-1:b")], { 0: "a", 1: "b" }, false],
  ["IPv4 and IPv6", [slice("couch-0:a"), { ...slice("couch-0:a"), addressType: "IPv6" }], { 0: "a" }, false],
  ["conditions unknown", [slice("couch-0:a:u")], { 0: "a" }, false],
  ["not ready and not published", [slice("couch-0:a:r", "couch-1:b")], { 0: "a", 1: "b" }, true],
  ["ending and not published", [slice("couch-0:a:rt")], {}, false],
  ["ending and published", [slice("couch-0:a:t")], { 0: "a" }, false],
  ["ending, with its successor", [slice("couch-0:new"), slice("couch-0:old:t")], { 0: "new" }, false],
  ["known by hostname alone", [slice("couch-2::h")], { 2: "" }, false],
  ["pods of others", [slice("web-0:a", "couch:b")], {}, false],
];

for (const [what, slices, pods, hides] of cases)
  test(what, () => {
    assert.deepEqual(Object.fromEntries(podsIn(slices, identity)), pods);
    assert.equal(hidesPods(slices), hides);
  });
