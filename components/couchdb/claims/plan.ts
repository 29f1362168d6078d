import type { Claim } from "./observe";
import { isLess } from "./quantity";

/** One thing to do until every claim is as large as declared. */
export type Step =
  /** Ask for more. */
  | { kind: "grow"; claim: string; from: string; storageClass?: string }
  /** Nothing to do but to wait: it will be made too small, or can't be changed before it has its volume. */
  | { kind: "await"; claim: string; until: "made" | "bound" };

/** Claims as they are, and the size that the StatefulSet gives to new ones. */
export interface Observation {
  claims: Claim[];
  templateSize: string | undefined;
}

/**
 * Decides what is left to do until each of these claims asks for `size`, or more. One that is not there does not
 * matter where it will be made large enough.
 */
export function plan({ claims, templateSize }: Observation, names: readonly string[], size: string): Step[] {
  return names.flatMap((name): Step[] => {
    const claim = claims.find((candidate) => candidate.name === name);
    if (!claim) {
      const madeTooSmall = templateSize !== undefined && isLess(templateSize, size);
      return madeTooSmall ? [{ kind: "await", claim: name, until: "made" }] : [];
    }
    if (!isLess(claim.size, size)) return [];
    if (!claim.bound) return [{ kind: "await", claim: name, until: "bound" }];
    return [{ kind: "grow", claim: name, from: claim.size, storageClass: claim.storageClass }];
  });
}

/** What is left to do, in words. */
export function describe(steps: readonly Step[], size: string): string {
  const named = (kind: string, until?: string) =>
    steps.filter((step) => step.kind === kind && (step.kind === "grow" || step.until === until)).map((s) => s.claim);
  const [growing, unmade, unbound] = [named("grow"), named("await", "made"), named("await", "bound")];
  return [
    growing.length > 0 && `growing ${growing.join(", ")} to ${size}`,
    unmade.length > 0 && `waiting until Kubernetes has made ${unmade.join(", ")}`,
    unbound.length > 0 && `waiting until ${unbound.join(", ")} got a volume, as it can't be grown before`,
  ]
    .filter(Boolean)
    .join("; ");
}

/** What grows on by itself, in words; nothing where all volumes are as large as asked for. */
export function describeLag(claims: readonly Claim[]): string | undefined {
  const lagging = claims.filter(
    ({ size, capacity, bound }) => bound && capacity !== undefined && isLess(capacity, size),
  );
  if (lagging.length === 0) return undefined;
  const described = lagging.map(({ name, capacity, conditions }) => {
    const said = conditions.length > 0 ? `; ${conditions.join("; ")}` : "";
    return `${name} has ${capacity} so far${said}`;
  });
  return `the storage goes on growing the volumes, some kinds only when the pod restarts: ${described.join(", ")}`;
}
