/** `pulumi up` of a cluster, killed at several moments: the next one completes it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { checkout } from "../../toolchain/places";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { CliProject, killTree } from "../engine/cli";
import { cluster } from "../testbed";

const program = readFileSync(join(checkout, "test/cluster/programs/couchdb-cluster.ts"), "utf8");

/** In seconds after it was started: while resources are made, pods start, and nodes are joined. */
const moments = [2, 3, 4, 5.5];

// Each has a namespace and processes of its own, and spends most of its time waiting.
describe("pulumi up", { concurrency: 4 }, () => {
  for (const moment of moments)
    test(`killed after ${moment} s`, async (t) => {
      const api = await cluster();
      await kubernetesPlugin();
      const namespace = await api.namespace(t, "interrupted");
      const project = await CliProject.make(t, program, {
        namespace,
        "kubernetes:upsertExistingObjects": "true", // as the README says for stacks on Kubernetes
      });
      if (!project) return;

      const up = project.start("up", "--yes", "--skip-preview");
      const ended = once(up, "exit");
      await sleep(moment * 1000);
      killTree(up.pid!);
      await ended;

      await project.run("cancel", "--yes"); // the lock of the one that was killed
      await project.run("up", "--yes", "--skip-preview");
      const members = JSON.parse(await project.run("stack", "output", "members")) as string[];
      assert.equal(members.length, 3);
      await project.run("up", "--yes", "--skip-preview", "--expect-no-changes");
      await project.run("destroy", "--yes", "--skip-preview");
    });
});
