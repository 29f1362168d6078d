import { once } from "node:events";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertOneCluster } from "../couchdb/join/cluster";
import { freshNodes } from "../nodes";
import { CliProject, killTree } from "./cli";

const moments = 10;
const program = readFileSync(resolve(__dirname, "../../../test/engine/programs/cluster.ts"), "utf8");

async function freshProject(t: TestContext) {
  const { nodes, stop } = await freshNodes(3);
  t.after(stop);
  const { adminUser: user, adminPassword: password } = nodes[0]!;
  const project = await CliProject.make(t, program, { nodes: nodes.map(({ url }) => url), user, password });
  return project && { project, nodes };
}

test(`pulumi up, killed at ${moments} moments, converges at the next up`, async (t) => {
  const whole = await freshProject(t);
  if (!whole) return;
  const began = performance.now();
  await whole.project.run("up", "--yes", "--skip-preview");
  const duration = performance.now() - began;

  /** Kills `up` after so many parts of its time, and has it run again. */
  async function assertConverges(t: TestContext, parts: number): Promise<void> {
    const { project, nodes } = (await freshProject(t))!;
    const up = project.start("up", "--yes", "--skip-preview");
    const ended = once(up, "exit");
    await sleep((duration * parts) / (moments + 1));
    killTree(up.pid!);
    await ended;

    await project.run("cancel", "--yes"); // the lock of the one that was killed
    await project.run("up", "--yes", "--skip-preview");
    await assertOneCluster(nodes);
    await project.run("up", "--yes", "--skip-preview", "--expect-no-changes");
    await project.run("destroy", "--yes", "--skip-preview");
  }

  await t.test("each in a stack of its own", { concurrency: 4 }, async (t) => {
    const all = Array.from({ length: moments }, (_, index) => index + 1);
    const titled = (parts: number) => `after ${parts} of ${moments + 1} parts of its time`;
    await Promise.all(all.map((parts) => t.test(titled(parts), (t) => assertConverges(t, parts))));
  });
});
