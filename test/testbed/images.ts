import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot } from "../../toolchain/cache";
import { command } from "./command";
import { ctr } from "./node";
import { root, type TestbedNode } from "./places";

/** How a container of an image starts. */
export interface ImageConfig {
  entrypoint: readonly string[];
  command?: readonly string[];
  user?: string;
  env?: Readonly<Record<string, string>>;
  workingDir?: string;
}

/** An image to import: its names, its layers' tar files, bottom first, and how it starts. */
export interface Image {
  names: readonly string[];
  layers: readonly string[];
  config: ImageConfig;
}

const folder = (): string => join(cacheRoot(process.env), "testbed-images");

/**
 * Makes a layer of a folder that `fill` fills. The tar is the same for the same content, and is named by it. With a
 * key, a layer that is there under that key is taken as it is.
 */
export async function makeLayer(fill: (folder: string) => Promise<void>, key?: string): Promise<string> {
  await mkdir(folder(), { recursive: true });
  const keyed = key && join(folder(), `${key}.key`);
  if (keyed && existsSync(keyed)) {
    const known = await readFile(keyed, "utf8");
    if (existsSync(known)) return known;
  }
  const work = await mkdtemp(join(folder(), "layer-"));
  try {
    const content = join(work, "content");
    await mkdir(content, { mode: 0o755 });
    await fill(content);
    const tar = join(work, "layer.tar");
    await command("tar", ["-cf", tar, "--sort=name", "--mtime=@0", "--numeric-owner", "-C", content, "."]);
    const layer = join(folder(), `${await sha256(tar)}.tar`);
    await rename(tar, layer);
    if (keyed) await writeFile(keyed, layer);
    return layer;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Imports an image into the nodes that don't have it yet. */
export async function importImage(image: Image, nodes: readonly TestbedNode[]): Promise<void> {
  const config = Buffer.from(JSON.stringify(configOf(image)));
  const id = createHash("sha256").update(config).update(JSON.stringify(image.names)).digest("hex");
  const missing = nodes.filter((node) => !existsSync(imported(node, id)));
  if (missing.length === 0) return;
  const archive = await writeArchive(image, config);
  try {
    await Promise.all(missing.map((node) => importInto(node, archive, id)));
  } finally {
    await rm(archive, { force: true });
  }
}

async function importInto(node: TestbedNode, archive: string, id: string): Promise<void> {
  const [program, ...args] = ctr(node, "images", "import", archive);
  await command(program, args);
  await writeFile(imported(node, id), "");
}

function imported(node: TestbedNode, id: string): string {
  return join(node.folder, `image-${id}`);
}

function configOf({ layers, config }: Image): object {
  const { entrypoint, command: cmd, user = "", env = {}, workingDir = "/" } = config;
  const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: {
      Entrypoint: entrypoint,
      Cmd: cmd,
      User: user,
      WorkingDir: workingDir,
      Env: Object.entries({ PATH, ...env }).map(([name, value]) => `${name}=${value}`),
    },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${nameOf(layer)}`) },
  };
}

/** The format of `docker save`: a manifest, a configuration, and the layers. */
async function writeArchive({ names, layers }: Image, config: Buffer): Promise<string> {
  const work = await mkdtemp(join(root, "image-"));
  try {
    const configFile = `${createHash("sha256").update(config).digest("hex")}.json`;
    const layerFiles = layers.map((layer) => `${nameOf(layer)}.tar`);
    await writeFile(join(work, configFile), config);
    const manifest = [{ Config: configFile, RepoTags: names, Layers: layerFiles }];
    await writeFile(join(work, "manifest.json"), JSON.stringify(manifest));
    const archive = `${work}.tar`;
    await command("tar", ["-cf", archive, "-C", work, configFile, "manifest.json", "-C", folder(), ...layerFiles]);
    return archive;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function nameOf(layer: string): string {
  return layer.slice(layer.lastIndexOf("/") + 1, -".tar".length);
}

async function sha256(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
