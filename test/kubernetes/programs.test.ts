/** Programs as they are packed, and run from what they were packed into. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "../../components/kubernetes/labels";
import { ObjectMetadata } from "../../components/kubernetes/metadata";
import { programArchive } from "../../components/kubernetes/programs/archive";
import { type Bundle, bundleOf, readBundle } from "../../components/kubernetes/programs/bundle";
import {
  configMapLimitBytes,
  mountedConfigMap,
  programConfigMap,
} from "../../components/kubernetes/programs/config-map";
import { programContainer } from "../../components/kubernetes/programs/container";
import type { MountedProgram } from "../../components/kubernetes/programs/mounted";
import { programPod } from "../../components/kubernetes/programs/pod";
import { partBytes, partsOf, unpackedProgram } from "../../components/kubernetes/programs/unpacked";
import { roomsWithProgram } from "../../toolchain/bundle";
import { registered, settled, startMocks } from "../mocks";

type ConfigMap = kubernetes.types.output.core.v1.ConfigMap;

const run = promisify(execFile);

const metadata = new ObjectMetadata({
  component: "Thing",
  namespace: "shop",
  labels: labelsOf({}, {}),
  annotations: undefined,
});
const place = { volume: "program", folder: "/opt/thing" };

/** A program of so many bytes that says how long it is, and of which compression saves little. */
function madeUp(bytes: number): Bundle {
  const begin = 'console.log(require("node:fs").readFileSync(__filename).length);\n//';
  const filling = randomBytes(bytes)
    .toString("base64")
    .slice(0, bytes - begin.length);
  return bundleOf("program.bundle.js", begin + filling);
}

const configMaps = () => registered.filter(({ type }) => type.endsWith(":ConfigMap"));

describe("a program in a ConfigMap", () => {
  beforeEach(startMocks);
  afterEach(settled);

  for (const room of roomsWithProgram())
    test(`${room} fits`, async () => {
      programConfigMap("thing", readBundle(room), metadata, {});
      await settled();
      assert.equal(configMaps().length, 1);
    });

  test("has no name of its own, and the hash of its content", async () => {
    const bundle = bundleOf("program.bundle.js", "1");
    programConfigMap("thing", bundle, metadata, {});
    await settled();
    const { metadata: made, immutable, data } = configMaps()[0]!.inputs as unknown as ConfigMap;
    assert.deepEqual([made.name, immutable, data], [undefined, true, { "program.bundle.js": "1" }]);
    assert.equal(made.annotations["pulumi-couch/program"], bundle.hash);
    assert.notEqual(bundle.hash, bundleOf("program.bundle.js", "2").hash);
  });

  test("is rejected where it is larger than Kubernetes allows, and no smaller one is", () => {
    programConfigMap("thing", madeUp(configMapLimitBytes), metadata, {});
    assert.throws(() => programConfigMap("thing", madeUp(configMapLimitBytes + 1), metadata, {}), {
      message: /thing has 1048577 bytes, and a ConfigMap takes 1048576; pack it for an init container/,
    });
    // A letter of two bytes counts as two.
    const wide = bundleOf("program.bundle.js", "é".repeat(configMapLimitBytes / 2 + 1));
    assert.throws(() => programConfigMap("thing", wide, metadata, {}), /1048578 bytes/);
  });
});

describe("a program in an archive", () => {
  test("is index.js, whose exports Lambda finds", async () => {
    const { assets } = programArchive(bundleOf("program.bundle.js", "1")) as unknown as {
      assets: Promise<Record<string, pulumi.asset.StringAsset>>;
    };
    const all = await assets;
    assert.deepEqual(Object.keys(all), ["index.js"]);
    assert.equal(await all["index.js"]!.text, "1");
  });
});

describe("a program that an init container unpacks", () => {
  beforeEach(startMocks);
  afterEach(settled);

  /** Runs what the init container runs, with the ConfigMaps mounted as Kubernetes does, and then the program. */
  async function runUnpacked(t: TestContext, program: MountedProgram): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "unpack-"));
    t.after(() => rmSync(folder, { recursive: true }));
    // A projected volume: files are links into a hidden folder.
    const parts = join(folder, "parts");
    mkdirSync(join(parts, "..data"), { recursive: true });
    for (const { inputs } of configMaps())
      for (const [file, content] of Object.entries((inputs as unknown as ConfigMap).binaryData)) {
        writeFileSync(join(parts, "..data", file), Buffer.from(content, "base64"));
        symlinkSync(join("..data", file), join(parts, file));
      }
    const target = join(folder, "program");
    mkdirSync(target);
    const [init] = program.initContainers;
    const mounted = [`${place.folder}.parts`, place.folder].map((path, index) => [path, [parts, target][index]!]);
    const [node, ...args] = (init!.command as string[]).map((word) => {
      const mount = mounted.find(([path]) => word === path || word.startsWith(`${path}/`));
      return mount ? word.replace(mount[0]!, mount[1]!) : word;
    });
    assert.equal(node, "node");
    // Twice: it may have been interrupted, and runs again.
    await run(process.execPath, args);
    await run(process.execPath, args);
    return (await run(process.execPath, [program.path.replace(place.folder, target)])).stdout.trim();
  }

  for (const bytes of [100, 3 * 1024 * 1024])
    test(`of ${bytes} bytes`, async (t) => {
      const bundle = madeUp(bytes);
      const program = unpackedProgram("thing-program", bundle, metadata, place, { image: "node:22-slim" }, {});
      await settled();
      assert.equal(configMaps().length, partsOf(bundle).length);
      assert.equal(configMaps().length > 1, bytes > 1024 * 1024);
      for (const { inputs } of configMaps()) {
        const { binaryData, immutable } = inputs as unknown as ConfigMap;
        const [content] = Object.values(binaryData);
        assert.ok(Buffer.from(content!, "base64").length <= partBytes && content!.length <= configMapLimitBytes);
        assert.ok(immutable);
      }
      assert.equal(await runUnpacked(t, program), String(bytes));
    });

  test("its pod is restricted, and mounts the parts into the init container alone", async () => {
    const program = unpackedProgram("thing-program", madeUp(100), metadata, place, { image: "mine" }, {});
    const pod = programPod({
      container: { name: "thing", program, image: "mine", nodeOptions: ["--no-opt"], env: [], volumeMounts: [] },
      placement: {},
      serviceAccountName: "thing",
      volumes: [],
    });
    const [init] = pod.initContainers as kubernetes.types.input.core.v1.Container[];
    const [main] = pod.containers as kubernetes.types.input.core.v1.Container[];
    assert.deepEqual([init!.image, main!.image], ["mine", "mine"]);
    assert.deepEqual(init!.securityContext, main!.securityContext);
    assert.deepEqual(main!.command, ["node", "--no-opt", "/opt/thing/program.bundle.js"]);
    assert.deepEqual(main!.volumeMounts, [{ name: "program", mountPath: "/opt/thing", readOnly: true }]);
    assert.deepEqual(
      (pod.volumes as { name: string }[]).map(({ name }) => name),
      ["program", "program-parts"],
    );
    await settled();
  });
});

test("a program in a ConfigMap is run where it is mounted", () => {
  const program = mountedConfigMap({ file: "program.bundle.js" }, "thing-program", place);
  const { command, volumeMounts } = programContainer({
    name: "a",
    program,
    nodeOptions: [],
    env: [],
    volumeMounts: [],
  });
  assert.deepEqual(command, ["node", "/opt/thing/program.bundle.js"]);
  assert.deepEqual(volumeMounts, [{ name: "program", mountPath: "/opt/thing", readOnly: true }]);
  assert.deepEqual(
    [program.volumes, program.initContainers.length],
    [[{ name: "program", configMap: { name: "thing-program" } }], 0],
  );
});
