import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertOneCluster } from "../couchdb/join/cluster";
import { freshNodes } from "../nodes";
import { CliProject, killTree } from "./cli";

const moments = 10;
/** How many stacks are worked on at once: they mostly wait. */
const atOnce = 3;
const program = readFileSync(resolve(__dirname, "../../../test/engine/programs/cluster.ts"), "utf8");

async function freshProject(t: TestContext) {
  const { nodes, stop } = await freshNodes(3);
  t.after(stop);
  const { adminUser: user, adminPassword: password } = nodes[0]!;
  const project = await CliProject.make(t, program, { nodes: nodes.map(({ url }) => url), user, password });
  return project && { project, nodes };
}

/** How many milliseconds `up` takes, undisturbed, while as many run as when they are killed. */
async function durationOfUp(t: TestContext): Promise<number | undefined> {
  const whole = await Promise.all(Array.from({ length: atOnce }, () => freshProject(t)));
  const began = performance.now();
  await Promise.all(whole.map((fresh) => fresh?.project.run("up", "--yes", "--skip-preview")));
  return whole.includes(undefined) ? undefined : performance.now() - began;
}

test(`pulumi up, killed at ${moments} moments, converges at the next up`, async (t) => {
  const duration = await durationOfUp(t);
  if (duration === undefined) return;

  let killed = 0;
  /** Kills `up` after so many parts of its time, and has it run again. */
  const assertConverges = async (t: TestContext, parts: number) => {
    const { project, nodes } = (await freshProject(t))!;
    const up = project.start("up", "--yes", "--skip-preview");
    const ended = once(up, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    await sleep((duration * parts) / (moments + 1));
    killTree(up.pid!);
    if ((await ended)[1] === "SIGKILL") killed++;

    await project.run("cancel", "--yes"); // the lock of the one that was killed
    await project.run("up", "--yes", "--skip-preview");
    await assertOneCluster(nodes);
    await project.run("up", "--yes", "--skip-preview", "--expect-no-changes");
    await project.run("destroy", "--yes", "--skip-preview");
  };

  await t.test("each in a stack of its own", { concurrency: atOnce }, async (t) => {
    const all = Array.from({ length: moments }, (_, index) => index + 1);
    const titled = (parts: number) => `after ${parts} of ${moments + 1} parts of its time`;
    await Promise.all(all.map((parts) => t.test(titled(parts), (t) => assertConverges(t, parts))));
  });
  assert.ok(killed > moments / 3, `only ${killed} of ${moments} were not over before`);
});
