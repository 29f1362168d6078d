/** How much of each resource in state is its provider. */
import { serializeFunction } from "@pulumi/pulumi/runtime";
import { shim } from "../../components/dynamic/shim";
import { handlerNames } from "../../components/handlers";
import type { Result } from "./table";

const limit = 2_048;

/** Measures the text that Pulumi stores as `__provider`, for every kind of dynamic resource. */
export async function benchBytes(): Promise<Result[]> {
  return Promise.all(handlerNames.map(benchOne));
}

async function benchOne(name: string): Promise<Result> {
  const provider = shim(name);
  const { text } = await serializeFunction(() => provider, { allowSecrets: true });
  const bytes = Buffer.byteLength(text);
  const against = `limit ${limit} bytes`;
  return { what: `__provider of ${name}`, median: `${bytes} bytes`, against, ratio: bytes / limit, limit: 1 };
}
