import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NodeState, Observation } from "../../../components/couchdb/join/observation";
import { plan } from "../../../components/couchdb/join/plan";
import { PlanRejected } from "../../../components/couchdb/join/rejections";
import type { Step } from "../../../components/couchdb/join/step";
import { finished, joined, nameOf, node, urlOf } from "./observations";

interface Case {
  title: string;
  nodes: Observation[];
  /** Letters of former members. */
  former?: string;
  /** The steps in short: `add b on a`. */
  steps: string[];
}

const letter = (text: string) => text.replace("couchdb@", "").replace(/http:\/\/(\w+):5984/, "$1");

function short(step: Step): string[] {
  switch (step.kind) {
    case "await":
      return step.gaps.map((gap) => `await ${letter(gap.observer)}: ${letter(gap.name)} ${gap.problem}`);
    case "add":
    case "remove":
      return [`${step.kind} ${letter(step.name)} on ${letter(step.coordinator)}`];
    case "finish":
      return [`finish on ${letter(step.coordinator)}`];
    default:
      return [`${step.kind} ${letter(step.name)}`];
  }
}

const there = (nodes: readonly Observation[]): NodeState[] => nodes.map((seen) => ({ url: seen.url, seen }));

const disabled = { setup: "cluster_disabled" } as const;

const cases: Case[] = [
  {
    title: "fresh nodes that listen on localhost only are enabled, all at once",
    nodes: [node("a", disabled), node("b", disabled), node("c", disabled)],
    steps: ["enable a", "enable b", "enable c"],
  },
  {
    title: "only those that need it are enabled",
    nodes: [node("a"), node("b", disabled)],
    steps: ["enable b"],
  },
  {
    title: "enabled nodes are added on the first",
    nodes: [node("a"), node("b"), node("c")],
    steps: ["add b on a", "add c on a"],
  },
  {
    title: "a cluster half joined is completed on the node that has got furthest",
    nodes: [node("c"), ...joined("ab")],
    steps: ["add c on a"],
  },
  {
    title: "a removed node, which has not heard of it, is added again by those that removed it",
    nodes: [...finished("abcde").slice(3, 4), ...finished("abc")],
    steps: ["add d on a"],
  },
  {
    title: "nodes that have not heard of each other yet are waited for",
    nodes: [node("a", { members: [nameOf("a"), nameOf("b")] }), node("b")],
    steps: ["await a: b disconnected", "await b: a unknown"],
  },
  { title: "all joined: the cluster is finished", nodes: joined("abc"), steps: ["finish on a"] },
  { title: "a single node is finished alone", nodes: [node("a")], steps: ["finish on a"] },
  { title: "a finished cluster needs nothing", nodes: finished("abc"), steps: [] },
  {
    title: "a single node that was set up as one needs nothing",
    nodes: finished("a", { setup: "single_node_enabled" }),
    steps: [],
  },
  {
    title: "a single node leaves that mode before others join it",
    nodes: [...finished("a", { setup: "single_node_enabled" }), node("b")],
    steps: ["leaveSingleNodeMode a"],
  },
  {
    title: "nodes are added to a finished cluster, wherever it is in the list",
    nodes: [node("a"), ...finished("bc"), node("d")],
    steps: ["add a on b", "add d on b"],
  },
  {
    title: "a node that got the databases before the list of members is not taken for the cluster",
    nodes: [...finished("dab").slice(1), { ...finished("dab")[0]!, members: [nameOf("d")] }],
    steps: ["await d: a unknown", "await d: b unknown"],
  },
  {
    title: "a member with another uuid gets the cluster's admins, secret and uuid by finishing again",
    nodes: [...finished("ab"), ...finished("abc", { uuid: "other" }).slice(2)].map((it) => ({
      ...it,
      members: ["a", "b", "c"].map(nameOf),
      connected: ["a", "b", "c"].map(nameOf),
    })),
    steps: ["finish on a"],
  },
  {
    title: "a member that came back with an empty disk is enabled again",
    nodes: [...finished("abc").slice(0, 2), node("c", { ...disabled, uuid: "new" })],
    steps: ["enable c"],
  },
  {
    title: "a member that has not seen the system databases yet is waited for",
    nodes: [...finished("abc").slice(0, 2), ...joined("abc", { uuid: "one" }).slice(2)],
    steps: ["await c: c unfinished"],
  },
  {
    title: "a former member without shards is removed, even while it is down",
    nodes: finished("abc").slice(0, 2),
    former: "abc",
    steps: ["remove c on a"],
  },
  {
    title: "a former member is removed before its replacement joins, as finishing needs every member",
    nodes: [...finished("abc").slice(0, 2), node("d")],
    former: "abc",
    steps: ["remove c on a"],
  },
  {
    title: "a removal that has not gone round yet is waited for",
    nodes: [finished("ab")[0]!, { ...finished("abc")[1]! }],
    former: "abc",
    steps: ["await b: c not yet removed"],
  },
];

describe("plan", () => {
  for (const { title, nodes, former = "", steps } of cases)
    test(title, () => {
      const formerMembers = [...former].map(nameOf);
      assert.deepEqual(plan(there(nodes), { names: {}, formerMembers }).flatMap(short), steps);
    });
});

test("a member that is to be left alone is neither removed nor rejected nor waited for", () => {
  const nodes = there(finished("abx").slice(0, 2));
  assert.deepEqual(plan(nodes, { names: {}, formerMembers: [], tolerated: [nameOf("x")] }), []);
});

const grown = finished("abc").map((it) => ({ ...it, connected: ["a", "b"].map(nameOf) }));

const partial: Case[] = [
  { title: "an empty node joins the finished cluster", nodes: [...finished("ab"), node("c")], steps: ["add c on a"] },
  {
    title: "one of two that are to be members is there, and two new ones are",
    nodes: [finished("ab")[1]!, node("c"), node("d")],
    steps: ["add c on b", "add d on b"],
  },
  {
    title: "the members that are there are waited for until they are connected, no others",
    nodes: [...grown.slice(0, 2), { ...joined("abc")[2]!, connected: [nameOf("c")] }],
    steps: ["await a: c disconnected", "await b: c disconnected", "await c: a disconnected", "await c: b disconnected"],
  },
  { title: "a member that is not there is not waited for", nodes: finished("abc").slice(0, 2), steps: [] },
  { title: "fresh nodes wait for all", nodes: [node("a"), node("b")], steps: [] },
  { title: "what is joined is not finished yet", nodes: joined("ab"), steps: [] },
  {
    title: "a node that has to be opened first waits for all",
    nodes: [...finished("ab"), node("c", disabled)],
    steps: [],
  },
  {
    title: "a single node that has to leave that mode first waits for all",
    nodes: [...finished("a", { setup: "single_node_enabled" }), node("b")],
    steps: [],
  },
  {
    title: "what is to be rejected is left to the plan for all",
    nodes: [...finished("ab"), node("c", { databases: ["own"] })],
    steps: [],
  },
  {
    title: "a node of another cluster is left to the plan for all",
    nodes: [...finished("ab"), node("c", { members: [nameOf("c"), nameOf("z")] })],
    steps: [],
  },
  {
    title: "a finished cluster that is not the one recorded",
    nodes: [...finished("c"), node("d")],
    former: "ab",
    steps: [],
  },
  {
    title: "a former member is not removed yet",
    nodes: [...finished("abz").slice(0, 2), node("c")],
    former: "abz",
    steps: ["add c on a"],
  },
];

const absent: NodeState = { url: urlOf("y"), awaited: "connection refused" };

/** What is waited for besides what a case says: nothing where there are nodes to add. */
const awaited = (steps: readonly string[], gap: string) =>
  steps.some((step) => step.startsWith("add")) ? steps : [...steps, gap];

describe("plan while other nodes don't answer yet", () => {
  for (const { title, nodes, former = "", steps } of partial)
    test(title, () => {
      const formerMembers = [...former].map(nameOf);
      const planned = plan([...there(nodes), absent], { names: {}, formerMembers }).flatMap(short);
      assert.deepEqual(planned, awaited(steps, "await y:5984: y:5984 absent"));
    });
});

describe("plan while the pod of a node that is there is about to be replaced", () => {
  for (const { title, nodes, former = "", steps } of partial)
    test(title, () => {
      const formerMembers = [...former].map(nameOf);
      const [first, ...others] = there(nodes);
      const leaving = { ...first!, awaited: "its pod is about to be replaced" };
      const planned = plan([leaving, ...others], { names: {}, formerMembers }).flatMap(short);
      const name = letter(nodes[0]!.name);
      assert.deepEqual(planned, awaited(steps, `await ${name}: ${name} about to be replaced`));
    });
});

test("nothing is rejected while a node is absent, and the plan is never empty", () => {
  for (const nodes of [[], [node("a", { version: "3.2.1" })], finished("a"), [...finished("ab"), ...finished("c")]])
    assert.deepEqual(plan([...there(nodes), absent], { names: {}, formerMembers: [] }).flatMap(short), [
      "await y:5984: y:5984 absent",
    ]);
});

interface Rejection {
  title: string;
  nodes: Observation[];
  former?: string;
  names?: Record<string, string>;
  /** Each must be in the message. */
  says: RegExp[];
}

const rejections: Rejection[] = [
  { title: "no nodes", nodes: [], says: [/no nodes are declared/] },
  {
    title: "two clusters that hold databases",
    nodes: [...finished("ab"), ...finished("c", { databases: ["_users", "orders"] })],
    says: [
      /different clusters/,
      /couchdb@a \+ couchdb@b/,
      /couchdb@c \(databases: _users, orders\)/,
      /separate clusters/,
    ],
  },
  {
    title: "a lone node that has a database beside a finished cluster",
    nodes: [...finished("ab"), node("c", { databases: ["own"] })],
    says: [/couchdb@c \(databases: own\)/],
  },
  {
    title: "a node of a cluster with members that are not declared",
    nodes: [node("a"), ...finished("bc").slice(0, 1)],
    says: [/couchdb@b belongs to a cluster/, /not declared: couchdb@c/, /Declare them/],
  },
  {
    title: "removing a node that holds shards",
    nodes: finished("abc")
      .slice(0, 2)
      .map((it) => ({ ...it, holdings: { "couchdb@c": ["orders", "_users"] } })),
    former: "c",
    says: [/couchdb@c can't be removed/, /shards of orders, _users/, /declare the node again/],
  },
  {
    title: "another name than declared",
    nodes: [node("a"), node("b")],
    names: { [urlOf("b")]: "couchdb@couch-b" },
    says: [/http:\/\/b:5984 is called couchdb@b, but is declared as couchdb@couch-b/, /NODENAME/],
  },
  {
    title: "a node without a name",
    nodes: [node("a", { name: "nonode@nohost" })],
    says: [/runs without a name/, /NODENAME/],
  },
  {
    title: "two URLs of one node",
    nodes: [node("a"), node("b", { name: nameOf("a") })],
    says: [/both answer as couchdb@a/, /load balancer/],
  },
  { title: "a version that is too old", nodes: [node("a", { version: "3.2.1" })], says: [/3\.2\.1/, /CVE-2022-24706/] },
  {
    title: "different major versions",
    nodes: [node("a"), node("b", { version: "4.0.0" })],
    says: [/different major versions/, /couchdb@a 3\.5\.0, couchdb@b 4\.0\.0/],
  },
];

describe("plan rejects", () => {
  for (const { title, nodes, former = "", names = {}, says } of rejections)
    test(title, () => {
      const desired = { names, formerMembers: [...former].map(nameOf) };
      assert.throws(
        () => plan(there(nodes), desired),
        (error) => {
          assert.ok(error instanceof PlanRejected, String(error));
          for (const pattern of says) assert.match(error.message, pattern);
          return true;
        },
      );
    });
});
