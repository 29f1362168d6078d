import assert from "node:assert/strict";
import { test } from "node:test";
import { type Decision, decide, type Round } from "../../../components/couchdb/sidecar/program/decide";
import type { Observed } from "../../../components/couchdb/sidecar/program/node-observer";

const all = ["n0", "n1", "n2"];

function seen(
  ordinal: number,
  members = all,
  setup: "cluster_finished" | "cluster_enabled" = "cluster_finished",
): Observed {
  const url = `http://n${ordinal}`;
  const isFinished = setup === "cluster_finished";
  const databases = isFinished ? ["_replicator", "_users"] : [];
  const uuid = isFinished ? "one" : url;
  const name = `n${ordinal}`;
  const seen = { url, name, version: "3.5.1", uuid, setup, connected: members, members, databases, holdings: {} };
  return { ordinal, url, seen };
}

function unseen(ordinal: number, refused = false): Observed {
  return { ordinal, url: `http://n${ordinal}`, awaited: refused ? "refused" : "down", isRefusing: refused };
}

function withDatabases(node: Observed): Observed {
  return { ...node, seen: { ...node.seen!, databases: ["orders"] } };
}

const base = { ordinals: [0, 1, 2], oneByOne: false, tolerated: [], removable: [] };

const table: [what: string, round: Partial<Round>, wasMember: boolean, expected: Partial<Decision>][] = [
  ["all finished", { observed: [seen(0), seen(1), seen(2)] }, false, { ready: true, task: "idle" }],
  ["a follower looks at itself alone", { ordinal: 1, observed: [seen(1)] }, true, { ready: true, task: "idle" }],
  [
    "a follower never joins",
    { ordinal: 1, observed: [seen(1, ["n1"], "cluster_enabled")] },
    false,
    { ready: false, task: "wait" },
  ],
  [
    "nothing joined",
    { observed: all.map((name, at) => seen(at, [name], "cluster_enabled")) },
    false,
    { ready: false, task: "join" },
  ],
  [
    "one is down before the cluster is made",
    { observed: [seen(0, ["n0"], "cluster_enabled"), seen(1, ["n1"], "cluster_enabled"), unseen(2)] },
    false,
    { ready: false, task: "wait" },
  ],
  ["one is down later", { observed: [seen(0), seen(1), unseen(2)] }, true, { ready: true, task: "wait" }],
  ["its own is down", { observed: [unseen(0), seen(1), seen(2)] }, true, { ready: false, task: "wait" }],
  ["its own refuses a password that was right", { observed: [unseen(0, true)] }, true, { ready: true, task: "wait" }],
  ["its own refuses the password", { observed: [unseen(0, true)] }, false, { ready: false, task: "wait" }],
  [
    "a new one is to be added",
    { observed: [seen(0, ["n0", "n1"]), seen(1, ["n0", "n1"]), seen(2, ["n2"], "cluster_enabled")] },
    true,
    { ready: true, task: "join" },
  ],
  [
    "of two new ones one is there",
    { observed: [seen(0, ["n0"]), seen(1, ["n1"], "cluster_enabled"), unseen(2)] },
    true,
    { ready: true, task: "partialJoin" },
  ],
  [
    "of two new ones one is a member already",
    { observed: [seen(0, ["n0", "n1"]), seen(1, ["n0", "n1"]), unseen(2)] },
    true,
    { ready: true, task: "wait" },
  ],
  [
    "another one has lost its disk",
    { observed: [seen(0), seen(1), seen(2, ["n2"], "cluster_enabled")] },
    true,
    { ready: true, task: "join" },
  ],
  [
    "its own has lost its disk, and has heard of databases from the others first",
    { observed: [seen(0, ["n0"]), seen(1), seen(2)] },
    false,
    { ready: false, task: "join" },
  ],
  [
    "one grows to three, none of which is there yet",
    { present: [0], observed: [seen(0, ["n0"])] },
    false,
    { ready: true, task: "wait" },
  ],
  [
    "a member is to be removed",
    { removable: ["n3"], observed: [0, 1, 2].map((at) => seen(at, [...all, "n3"])) },
    true,
    { task: "join" },
  ],
  [
    "a member is left alone",
    { tolerated: ["n3"], observed: [0, 1, 2].map((at) => seen(at, [...all, "n3"])) },
    true,
    { task: "idle" },
  ],
  [
    "pods are made one by one",
    { ordinal: 1, oneByOne: true, present: [0, 1], observed: [seen(1, ["n1"], "cluster_enabled")] },
    false,
    { ready: true, member: false, task: "wait" },
  ],
  [
    "pods are made one by one, and all are there",
    { ordinal: 1, oneByOne: true, present: [0, 1, 2], observed: [seen(1, ["n1"], "cluster_enabled")] },
    false,
    { ready: false },
  ],
  [
    "of two new ones the one that is there holds databases",
    { observed: [seen(0, ["n0"]), withDatabases(seen(1, ["n1"], "cluster_enabled")), unseen(2)] },
    true,
    { ready: true, task: "wait" },
  ],
  [
    "nodes that can't be made one cluster",
    { observed: [seen(0, ["n0", "n1"]), seen(1, ["n0", "n1"]), seen(2, ["n2"])] },
    true,
    { ready: true, task: "wait", isRejected: true },
  ],
  ["it is beyond the replicas", { ordinal: 3, observed: [seen(3)] }, true, { ready: false, task: "wait" }],
];

for (const [what, round, wasMember, expected] of table)
  test(what, () => {
    const decision = decide({ ordinal: 0, observed: [], ...base, ...round }, wasMember);
    for (const [key, value] of Object.entries(expected))
      assert.equal(decision[key as keyof Decision], value, decision.state);
  });
