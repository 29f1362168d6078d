/** The examples on Kubernetes: their READMEs' commands lead to what they promise, and back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Example, tellTimes, timed } from "./example";

// Each has a folder and a namespace of its own, and runs in processes of its own.
describe("examples", { concurrency: true }, () => {
  for (const join of ["provider", "sidecar"])
    test(`couchdb-kubernetes, joined by the ${join}`, async (t) => {
      const example = await Example.copy(t, "couchdb-kubernetes");
      if (!example) return;
      const namespace = await example.api.namespace(t, "example");
      const settings = `$&\npulumi config set join ${join}\npulumi config set namespace ${namespace}`;
      // As they are, but for a namespace of the test's own, and a second update that must find nothing to do.
      const commands = timed(example.commands)
        .replace("pulumi config set spread none", settings)
        .replace("pulumi destroy", "pulumi up --skip-preview --expect-no-changes\npulumi stack output members\n$&");
      const shown = await example.shell(commands);
      tellTimes(t, shown);
      assert.match(shown, /^\["couchdb@couchdb-0\S+couchdb@couchdb-4\S+"\]$/m);
      assert.match(shown, /persistentvolumeclaim "data-couchdb-4" deleted/);
    });

  test("shop-on-kubernetes", async (t) => {
    const example = await Example.copy(t, "shop-on-kubernetes");
    if (!example) return;
    const namespace = `shop-${process.pid}`;
    t.after(() => example.api.removeNamespace(namespace));
    const settings = `$&\npulumi config set namespace ${namespace}`;
    const commands = timed(example.commands)
      .replace("pulumi config set spread none", settings)
      .replace("pulumi destroy", "pulumi up --skip-preview --expect-no-changes\n$&");
    const shown = await example.shell(commands);
    tellTimes(t, shown);
    assert.match(shown, /^1 orders$/m); // of the one visit, and none of Kubernetes' probes
  });
});
