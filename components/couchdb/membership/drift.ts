import type { CouchDbClient } from "../../clients/couchdb/client";
import { describeGap } from "../join/describe";
import { isFinished, type Observation } from "../join/observation";
import { identify, observe } from "../join/observe";
import { membershipGaps } from "../join/step";
import type { MembershipFindings } from "./inputs";

/** What one look at a node gave: what it showed, or why it could not be observed. */
export type Look = Observation | Error;

/** Looks at all nodes side by side, once: a refresh reports what is, it does not wait for better. */
export async function lookOnce(clients: CouchDbClient[], systemDatabases: readonly string[]): Promise<Look[]> {
  const names = await Promise.all(clients.map((client) => identify(client).catch((error: Error) => error)));
  const declared = names.filter((name) => typeof name === "string");
  return Promise.all(
    clients.map(async (client, index) => {
      const name = names[index];
      if (typeof name !== "string") return name as Error;
      return observe(client, name, { systemDatabases, isKnown: (member) => declared.includes(member) }).catch(
        (error: Error) => error,
      );
    }),
  );
}

/** What the looks mean, compared with what was found last. */
export function findings(looks: readonly Look[], before: MembershipFindings): MembershipFindings {
  const nodes = looks.filter((look): look is Observation => !(look instanceof Error));
  const errors = looks.filter((look) => look instanceof Error);
  // Those that were declared once; a member that was added by others is drift, and not ours to remove.
  const ours = [...(before.recorded ?? []), ...nodes.map((node) => node.name)];
  const recorded = [...new Set(ours)].filter((name) => nodes.some((node) => node.members.includes(name))).sort();
  const expected = [...new Set([...(before.members ?? []), ...nodes.map((node) => node.name)])].sort();
  const gaps = nodes.flatMap((node) => membershipGaps(node, expected));
  const unfinished = nodes.filter((node) => !isFinished(node));
  return {
    members: nodes.length === 0 ? [] : expected.filter((name) => !gaps.some((gap) => gap.name === name)),
    recorded: nodes.length === 0 ? before.recorded : recorded,
    uuid: nodes[0]?.uuid ?? before.uuid,
    versions: nodes.length === 0 ? before.versions : versionsOf(nodes),
    drift: [
      ...errors.map((error) => error.message),
      ...gaps.map(describeGap),
      ...unfinished.map(({ name }) => describeGap({ observer: name, name, problem: "unfinished" })),
    ],
  };
}

/** The versions that the nodes run, each once. */
export function versionsOf(nodes: readonly Observation[]): string[] {
  return [...new Set(nodes.map((node) => node.version))].sort();
}
