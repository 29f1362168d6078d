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
    const layer = join(folder(), `${sha256(await readFile(tar))}.tar`);
    await rename(tar, layer);
    if (keyed) await writeFile(keyed, layer);
    return layer;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Imports images into the nodes that don't have them as they are now. */
export async function importImages(images: readonly Image[], nodes: readonly TestbedNode[]): Promise<void> {
  const missing = new Map<TestbedNode, Image[]>();
  for (const node of nodes) {
    const has = await Promise.all(images.map((image) => isImported(node, image)));
    const lacking = images.filter((_, index) => !has[index]);
    if (lacking.length > 0) missing.set(node, lacking);
  }
  if (missing.size === 0) return;
  const wanted = [...new Set([...missing.values()].flat())];
  const archive = await writeArchive(wanted); // one for all: they have layers in common
  try {
    await Promise.all([...missing.keys()].map((node) => importInto(node, archive, wanted)));
  } finally {
    await rm(archive, { force: true });
  }
}

async function importInto(node: TestbedNode, archive: string, images: readonly Image[]): Promise<void> {
  const [program, ...args] = ctr(node, "images", "import", archive);
  await command(program, args);
  for (const image of images) await writeFile(record(node, image), JSON.stringify(configOf(image)));
}

async function isImported(node: TestbedNode, image: Image): Promise<boolean> {
  return (await readFile(record(node, image), "utf8").catch(() => "")) === JSON.stringify(configOf(image));
}

/** The file that lists what a node has under an image's names; it goes with the node's containerd. */
function record(node: TestbedNode, image: Image): string {
  return join(node.folder, `image-${sha256(image.names.join(" "))}.json`);
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

/** The format of `docker save`: a manifest, each image's configuration, and the layers. */
async function writeArchive(images: readonly Image[]): Promise<string> {
  const work = await mkdtemp(join(root, "images-"));
  try {
    const manifest: { Config: string; RepoTags: readonly string[]; Layers: string[] }[] = [];
    for (const image of images) {
      const config = JSON.stringify(configOf(image));
      const file = `${sha256(config)}.json`;
      await writeFile(join(work, file), config);
      manifest.push({
        Config: file,
        RepoTags: image.names,
        Layers: image.layers.map((layer) => `${nameOf(layer)}.tar`),
      });
    }
    await writeFile(join(work, "manifest.json"), JSON.stringify(manifest));
    const layers = new Set(manifest.flatMap((image) => image.Layers));
    const archive = `${work}.tar`;
    await command("tar", ["-cf", archive, "-C", work, ".", "-C", folder(), ...layers]);
    return archive;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function nameOf(layer: string): string {
  return layer.slice(layer.lastIndexOf("/") + 1, -".tar".length);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
