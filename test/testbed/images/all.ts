import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "../binaries";
import { type Image, makeLayer } from "../images";
import { PAUSE_IMAGE } from "../node";
import { couchDbImage } from "./couchdb";
import { fillNodeImage, nodeImageKey } from "./node";

/** More than one, so that an image can be changed. */
const COUCHDB_VERSIONS = ["3.5.1", "3.5.0", "3.4.3"];

/** Makes all images of the testbed: stand-ins under the names that clusters deploy. */
export async function allImages(binaries: Binaries): Promise<Image[]> {
  const base = await makeLayer(fillNodeImage, await nodeImageKey());
  const images = [await pauseImage(binaries), nodeImage(base)];
  for (const version of COUCHDB_VERSIONS) images.push(await couchDbImage(version)); // in turn: they share a layer
  return images;
}

function nodeImage(base: string): Image {
  return {
    names: ["docker.io/library/node:22-slim", "docker.io/library/node:20-slim"],
    layers: [base],
    config: { entrypoint: [], command: ["node"] },
  };
}

async function pauseImage(binaries: Binaries): Promise<Image> {
  const layer = await makeLayer(async (folder) => {
    await copyFile(binaries.pause, join(folder, "pause"));
    await chmod(join(folder, "pause"), 0o755);
    await mkdir(join(folder, "tmp"));
  });
  return { names: [PAUSE_IMAGE], layers: [layer], config: { entrypoint: ["/pause"], user: "65535:65535" } };
}
