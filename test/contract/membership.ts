/** Answers of `_membership` while nodes hear of each other, "in any order on any node". */
import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./recording";
import type { Values } from "./values";

interface Membership {
  all_nodes: string[];
  cluster_nodes: string[];
}

/** Whether the two recorded answers differ: something is changing from the first to the second. */
export function isChanging(from: Answer, to: Answer): boolean {
  return !isDeepStrictEqual(from.response_body, to.response_body);
}

/** Whether `got` lies between two recorded answers: no name that neither has, and every name that both have. */
export function isOnTheWay(from: Answer, to: Answer, got: Answer, values: Values): boolean {
  const [before, after] = [from, to].map((answer) => values.inJson(answer.response_body)) as [Membership, Membership];
  const now = got.response_body as Partial<Membership> | undefined;
  if (got.status !== from.status) return false;
  return (["all_nodes", "cluster_nodes"] as const).every((list) => {
    const [first, last, names] = [before[list], after[list], now?.[list]];
    if (!Array.isArray(names)) return false;
    const known = names.every((name) => first.includes(name) || last.includes(name));
    return known && first.every((name) => !last.includes(name) || names.includes(name));
  });
}

/** Whether `got` has only names of the recorded answer, but not all of them yet. */
export function isStillShort(recorded: Answer, got: Answer, values: Values): boolean {
  const whole = values.inJson(recorded.response_body) as Membership;
  const now = got.response_body as Partial<Membership> | undefined;
  if (got.status !== recorded.status || isDeepStrictEqual(whole, now)) return false;
  return (["all_nodes", "cluster_nodes"] as const).every((list) =>
    now?.[list]?.every((name) => whole[list].includes(name)),
  );
}
