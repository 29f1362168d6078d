/** The example as it is shipped, by its settings. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as ts from "typescript";
import * as couch from "../../components";
import { inputsOf, known, registered, settled, startMocks } from "../mocks";

const source = join(__dirname, "..", "..", "..", "examples", "reschedule-hook", "index.ts");

/** Runs it; returns what it exports. */
function run(preset: string): { webhookName: pulumi.Output<string> } {
  const settings = { preset, label: "app=orders", namespaces: '["shop"]', namespace: "tools", reschedule: "" };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${pulumi.getProject()}:${name}`, value])),
  );
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions: options });
  const exported = {} as { webhookName: pulumi.Output<string> };
  const load = (name: string) => (name === "pulumi-couch" ? couch : require(name));
  new Function("require", "exports", outputText)(load, exported);
  return exported;
}

beforeEach(startMocks);

for (const [preset, expected] of [
  ["couchbase", "couchbase"],
  ["statefulSet", "orders"],
] as const)
  test(`protects pods by the preset ${preset}`, async () => {
    await known(run(preset).webhookName);
    await settled();
    const { spec } = inputsOf<kubernetes.types.output.apps.v1.Deployment>("Deployment");
    const { env } = spec.template.spec.containers[0]!;
    assert.equal(env.find(({ name }) => name === "POD_LABEL_SELECTOR_VALUE")!.value, expected);
  });

for (const preset of ["statefulset", "StatefulSet", "none", "constructor"])
  test(`rejects the preset ${preset}`, () => {
    assert.throws(() => run(preset), { message: /is not a valid preset; set it to couchbase or statefulSet/ });
    assert.deepEqual(registered, []);
  });
