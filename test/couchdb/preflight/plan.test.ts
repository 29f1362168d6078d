import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PlanRejected } from "../../../components/couchdb/join/rejections";
import { plan, type StayingNode, type Step } from "../../../components/couchdb/preflight/plan";

const staying = (name: string, members: string, holdings: Record<string, string[]> = {}): StayingNode => ({
  name,
  members: [...members],
  holdings,
});

const remove = (name: string): Step => ({ kind: "remove", on: "a", name });
const waitFor = (observer: string, name: string): Step => ({ kind: "await", observer, name });

describe("what is left to do", () => {
  const cases: [title: string, nodes: StayingNode[], leaving: string, steps: Step[]][] = [
    ["no node leaves", [staying("a", "ab"), staying("b", "ab")], "", []],
    ["both are removed", [staying("a", "abcd"), staying("b", "abcd")], "cd", [remove("c"), remove("d")]],
    ["one is off already", [staying("a", "abd"), staying("b", "abcd")], "cd", [remove("d")]],
    ["another has not heard", [staying("a", "ab"), staying("b", "abc")], "c", [waitFor("b", "c")]],
    ["all have heard", [staying("a", "ab"), staying("b", "ab")], "c", []],
    ["nodes that were never joined", [staying("a", "a"), staying("b", "b")], "c", []],
    ["shards elsewhere are no hindrance", [staying("a", "abc", { c: [] })], "c", [remove("c")]],
  ];
  for (const [title, nodes, leaving, steps] of cases)
    test(title, () => assert.deepEqual(plan(nodes, [...leaving]), steps));
});

describe("nodes that can't leave", () => {
  const many = ["a", "b", "c", "d", "e", "f", "g"];
  const cases: [title: string, nodes: StayingNode[], leaving: string, reason: RegExp][] = [
    [
      "the holder of a shard, by any staying node's word",
      [staying("a", "abc"), staying("b", "abc", { c: ["_users", "orders"] })],
      "c",
      /^a node can't leave: shards of databases live on c \(_users, orders\)\. .*keep replicas at 3$/,
    ],
    [
      "one that others could leave without",
      [staying("a", "abcde", { c: ["orders"], d: [], e: [] })],
      "cde",
      /live on c \(orders\)\. .*keep replicas at 2 or more$/,
    ],
    ["many databases are counted", [staying("a", "ab", { b: many })], "b", /b \(a, b, c, d, e, … 7 in all\)/],
    ["one removed already", [staying("a", "a", { b: ["late"] })], "b", /b \(late\)/],
    ["all", [], "a", /no node would stay/],
  ];
  for (const [title, nodes, leaving, reason] of cases)
    test(title, () =>
      assert.throws(
        () => plan(nodes, [...leaving]),
        (error) => error instanceof PlanRejected && reason.test(error.message),
      ),
    );
});
