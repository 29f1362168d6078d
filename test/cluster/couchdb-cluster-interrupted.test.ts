/** `pulumi up` of a cluster, killed at several moments: the next one completes it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkout } from "../../toolchain/places";
import { kubernetesPlugin } from "../doubles/kubernetes/plugin";
import { CliProject, hasShown, killTree } from "../engine/cli";
import { cluster } from "../testbed";

const program = readFileSync(join(checkout, "test/cluster/programs/couchdb-cluster.ts"), "utf8");

/** When it is killed, by what it has shown. */
const moments: Record<string, RegExp> = {
  "while objects are made": /kubernetes:\S+ \S+ created/,
  "while pods start": /StatefulSet \S+ created/,
  "while nodes are joined": /CouchDbMembership \S+ creating/,
  "once nodes are joined": /nodes joined/,
};

// Each has a namespace and processes of its own, and spends most of its time waiting.
describe("pulumi up", { concurrency: 4 }, () => {
  for (const [moment, shown] of Object.entries(moments))
    test(`killed ${moment}`, async (t) => {
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
      await hasShown(up, shown);
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
