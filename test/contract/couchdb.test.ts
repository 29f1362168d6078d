/**
 * The contract with CouchDB: recordings of real nodes are replayed against the double, or against fresh real nodes where
 * `COUCHDB_FRESH_NODES` names a command that starts them. `CONTRACT_SCENARIO=05` runs one scenario alone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { freshNodesCommand } from "../nodes";
import { NOT_REPLAYED, numbersOf } from "./not-replayed";
import { exchangesOf, loadRecordings } from "./recording";
import { replay } from "./replay";
import { describeFailures, summary, unknownExclusions } from "./report";

/** The least share of all exchanges that must be replayed. */
const LEAST_SHARE = 0.85;
const only = process.env.CONTRACT_SCENARIO;
const recordings = loadRecordings();
const chosen = recordings.filter(({ name }) => only === undefined || name === only || name.split("-")[0] === only);
const replayed = new Map<string, number[]>();
const looks = { all: 0, late: 0 };
const notHere = new Map<string, number>();

for (const recording of chosen) {
  test(`CouchDB answers as recorded: ${recording.name}`, async () => {
    const excluded = NOT_REPLAYED.filter((exclusion) => exclusion.recording === recording.name);
    const outcome = await replay(recording, new Set(excluded.flatMap(numbersOf)));
    replayed.set(recording.name, outcome.replayed);
    looks.all += outcome.looks.all;
    looks.late += outcome.looks.late;
    for (const { numbers, reason } of outcome.notHere) notHere.set(reason, (notHere.get(reason) ?? 0) + numbers.length);
    if (outcome.failures.length > 0) assert.fail(describeFailures(recording.name, outcome.failures));
  });
}

test("every recorded exchange is replayed or on the list of those that are not", { skip: only !== undefined }, (t) => {
  const total = recordings.flatMap(exchangesOf).length;
  const count = [...replayed.values()].flat().length;
  const excluded = NOT_REPLAYED.map((exclusion) => ({ ...exclusion, count: numbersOf(exclusion).length }));
  const elsewhere = [...notHere].map(([reason, number]) => ({ reason: `these nodes: ${reason}`, count: number }));
  t.diagnostic(summary(count, total, [...excluded, ...elsewhere]));

  assert.deepEqual(unknownExclusions(NOT_REPLAYED, recordings), [], "the list names exchanges that do not exist");
  for (const recording of recordings) {
    const excludedHere = NOT_REPLAYED.filter(({ recording: name }) => name === recording.name).flatMap(numbersOf);
    const here = [...excludedHere, ...(replayed.get(recording.name) ?? [])];
    assert.equal(new Set(here).size, here.length, `${recording.name}: an exchange is replayed and on the list`);
    if (freshNodesCommand() !== undefined) continue;
    const missing = exchangesOf(recording).filter(({ n }) => !here.includes(n));
    assert.deepEqual(
      missing.map(({ n }) => n),
      [],
      `${recording.name}: neither replayed nor on the list`,
    );
  }
  t.diagnostic(
    `of ${looks.all} prompt looks at a change under way, ${looks.late} came too late to see what was recorded`,
  );
  if (freshNodesCommand() !== undefined) return;
  // How many are prompt, and how many of these come late, depends on how busy the machine is.
  assert.ok(looks.all === 0 || looks.late < looks.all, "the double shows changes sooner than real nodes do");
  assert.ok(count >= LEAST_SHARE * total, `only ${count} of ${total} replayed`);
});
