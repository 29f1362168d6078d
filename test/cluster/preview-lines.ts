import { isDeepStrictEqual } from "node:util";
import type { EngineEvent, Stack, StepEventMetadata } from "@pulumi/pulumi/automation";

/** Nothing, and the two halves of a replacement. */
const silent = new Set(["same", "create-replacement", "delete-replaced"]);

/** What a preview would do, as a reviewer sees it: a line `OP TYPE NAME: CHANGED PATHS` for each resource, sorted. */
export async function previewLines(stack: Stack): Promise<string> {
  const events: EngineEvent[] = [];
  await stack.preview({ onEvent: (event) => events.push(event) });
  const lines = events.flatMap(({ resourcePreEvent }) => {
    if (!resourcePreEvent || silent.has(resourcePreEvent.metadata.op)) return [];
    const { op, type, urn } = resourcePreEvent.metadata;
    // The stack and the default providers are not the component's.
    if (type.startsWith("pulumi:")) return [];
    const changed = [...new Set(changedPaths(resourcePreEvent.metadata))].sort();
    const what = `${op} ${type.replace(/^.*[:/]/, "")} ${urn.split("::").at(-1)}`;
    return [changed.length > 0 && op !== "create" ? `${what}: ${changed.join(", ")}` : what];
  });
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join("");
}

/** As the CLI shows them: from the provider's diff, or where it gives none, the inputs that are not what they were. */
function changedPaths({ detailedDiff, diffs, old, new: now }: StepEventMetadata): string[] {
  const detailed = Object.keys(detailedDiff ?? {});
  const paths = detailed.length > 0 ? detailed : (diffs ?? []);
  if (paths.length > 0 || !old || !now) return paths;
  const inputs = Object.keys({ ...old.inputs, ...now.inputs });
  return inputs.filter((input) => !isDeepStrictEqual(old.inputs?.[input], now.inputs?.[input]));
}
