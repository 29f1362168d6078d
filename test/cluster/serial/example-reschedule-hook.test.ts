/** The example of a hook drains a host. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Example, tellTimes, timed } from "../example";
import { idleStatefulSet } from "../hook-account";
import type { Pod } from "../orders";
import { allReady } from "../ready";

test("reschedule-hook", async (t) => {
  const example = await Example.copy(t, "reschedule-hook");
  if (!example) return;
  const { api } = example;
  const namespace = await api.namespace(t, "example");
  await api.apply(namespace, [idleStatefulSet("orders", 3, { app: "orders", example: namespace })]);
  await allReady(api, namespace, "orders", 3);
  const host = (await api.get<Pod>(namespace, "pod", "orders-0")).spec.nodeName!;
  t.after(() => api.kubectl("uncordon", host));
  const settings = [
    "pulumi config set reschedule delete-after-ready",
    `pulumi config set namespace ${namespace}`,
    `pulumi config set --path 'namespaces[0]' ${namespace}`,
  ].join("\n");
  // As they are, but for a namespace of the test's own, and a host of which no other pods are evicted, and which others soon have back.
  const commands = timed(example.commands)
    .replace("pulumi config set reschedule delete-after-ready", settings)
    .replace(
      /^kubectl drain HOST (.*)$/m,
      `kubectl drain ${host} $1 --pod-selector example=${namespace}\nkubectl uncordon ${host}`,
    )
    .replace("pulumi destroy", "pulumi up --skip-preview --expect-no-changes\n$&");
  const shown = await example.shell(commands);
  tellTimes(t, shown);
  assert.match(shown, /Reschedule annotation added to pod/);
  assert.match(shown, / drained$/m);
});
