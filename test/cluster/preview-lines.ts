import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";

/** Nothing, and the two halves of a replacement. */
const silent = new Set(["same", "create-replacement", "delete-replaced"]);

/** What a preview would do, as a reviewer sees it: a line `OP TYPE NAME: CHANGED PATHS` for each resource, sorted. */
export async function previewLines(stack: Stack): Promise<string> {
  const events: EngineEvent[] = [];
  await stack.preview({ onEvent: (event) => events.push(event) });
  const lines = events.flatMap(({ resourcePreEvent }) => {
    if (!resourcePreEvent || silent.has(resourcePreEvent.metadata.op)) return [];
    const { op, type, urn, detailedDiff, diffs } = resourcePreEvent.metadata;
    // The stack and the default providers are not the component's.
    if (type.startsWith("pulumi:")) return [];
    // Values don't count, nor what begins with two underscores: a dynamic provider's code.
    const paths = Object.keys(detailedDiff ?? {}).length > 0 ? Object.keys(detailedDiff!) : (diffs ?? []);
    const changed = [...new Set(paths)].filter((path) => !path.startsWith("__")).sort();
    const what = `${op} ${type.replace(/^.*[:/]/, "")} ${urn.split("::").at(-1)}`;
    return [changed.length > 0 && op !== "create" ? `${what}: ${changed.join(", ")}` : what];
  });
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join("");
}
