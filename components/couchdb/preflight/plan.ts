import { PlanRejected } from "../join/rejections";

/** A node that stays, as it shows itself: the input of the plan. */
export interface StayingNode {
  /** Its Erlang name. */
  name: string;
  /** Nodes that it takes for members (`cluster_nodes`). */
  members: string[];
  /** For each leaving node: the databases that have a shard on it, by this node's shard maps. */
  holdings: Record<string, string[]>;
}

/** One thing to do before pods go. The steps of one plan can be done side by side. */
export type Step =
  /** Remove a node that holds no shard from the record that `on` keeps. */
  | { kind: "remove"; on: string; name: string }
  /** Nothing to do but to wait until a staying node has heard of it. */
  | { kind: "await"; observer: string; name: string };

/**
 * Decides what is left to do until no staying node takes a leaving one for a member. An empty plan: its pod may go.
 * Pure: what was done before does not matter, only what is. What leaving nodes say of themselves does not count: they
 * do not learn of their removal and go on listing everybody.
 *
 * @param leaving Erlang names in ordinal order
 * @throws {PlanRejected} where a database would lose copies; nothing has been changed then
 */
export function plan(staying: readonly StayingNode[], leaving: readonly string[]): Step[] {
  assertNoHolders(staying, leaving);
  const [first, ...others] = staying;
  if (!first) throw new PlanRejected("no node would stay; keep one at least");
  const removals = leaving.filter((name) => first.members.includes(name));
  if (removals.length > 0) return removals.map((name) => ({ kind: "remove", on: first.name, name }));
  return others.flatMap((node) =>
    leaving
      .filter((name) => node.members.includes(name))
      .map((name) => ({ kind: "await" as const, observer: node.name, name })),
  );
}

function assertNoHolders(staying: readonly StayingNode[], leaving: readonly string[]): void {
  const held = leaving.map((name) => [...new Set(staying.flatMap((node) => node.holdings[name] ?? []))].sort());
  const last = held.findLastIndex((databases) => databases.length > 0);
  if (last === -1) return;
  const described = leaving.flatMap((name, index) => (held[index]?.length ? `${name} (${listed(held[index])})` : []));
  const least = staying.length + last + 1;
  throw new PlanRejected(
    `${leaving.length === 1 ? "a node" : `${leaving.length} nodes`} can't leave: shards of databases live on ` +
      `${described.join("; ")}. Move these shards to the staying nodes first, or delete databases that are not needed ` +
      `(those of the system, as _users, are), or keep replicas at ${least}` +
      (least < staying.length + leaving.length ? " or more" : ""),
  );
}

function listed(databases: readonly string[]): string {
  const few = databases.slice(0, 5).join(", ");
  return databases.length > 5 ? `${few}, … ${databases.length} in all` : few;
}

/** One line on what comes next, for the display of `pulumi up`. */
export function describe(steps: readonly Step[]): string {
  const names = [...new Set(steps.map((step) => step.name))].join(", ");
  if (steps[0]?.kind === "remove") return `removing ${names} from the record before the pods go: no shard lives there`;
  const observers = steps.flatMap((step) => (step.kind === "await" ? [step.observer] : []));
  return `waiting until ${[...new Set(observers)].join(", ")} no longer list ${names}`;
}
