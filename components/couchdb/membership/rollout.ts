import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesAccess } from "../../clients/kubernetes/access";
import { kubernetesApi } from "../../clients/kubernetes/api";
import { isTransientKubernetesError, kubernetesErrorText } from "../../clients/kubernetes/api-error";
import type { V1Pod, V1StatefulSet } from "../../clients/kubernetes/client-library";
import type { PodWatch } from "../../clients/kubernetes/pod-watch";
import type { Deadline } from "../../reconcile/deadline";
import type { MembershipRollout } from "./inputs";

const pollMilliseconds = 500;
const longestRequest = 10_000;

/** How far the pods of a StatefulSet have been replaced. */
export interface RolloutState {
  /** Those that run as the StatefulSet now says. */
  updated: string[];
  /** Those that don't yet; all, until the StatefulSet's controller has taken note of the change. */
  outdated: string[];
  /** Those of the outdated that are there, and will be replaced whatever keeps them from running. */
  aboutToGo: string[];
}

/**
 * Judges how far a rollout is, for the pods named. Those below the partition of a staged rollout are left as they are
 * and don't count, nor do any where pods are replaced only when somebody deletes them.
 */
export function rolloutState(
  statefulSet: V1StatefulSet,
  generation: number,
  pods: Readonly<Record<string, V1Pod | undefined>>,
): RolloutState {
  const { type, rollingUpdate } = statefulSet.spec?.updateStrategy ?? {};
  const { observedGeneration = 0, updateRevision } = statefulSet.status ?? {};
  const partition = rollingUpdate?.partition ?? 0;
  const counts = (name: string) => type !== "OnDelete" && Number(/-(\d+)$/.exec(name)?.[1] ?? 0) >= partition;
  const isUpdated = (pod: V1Pod | undefined) =>
    observedGeneration >= generation &&
    pod?.metadata?.deletionTimestamp === undefined &&
    pod?.metadata?.labels?.["controller-revision-hash"] === updateRevision;
  const counted = Object.entries(pods).filter(([name]) => counts(name));
  const outdated = counted.filter(([, pod]) => !isUpdated(pod));
  // Where pods are started in order, one that does not come up is never replaced: somebody has to delete it.
  const replacesAll = statefulSet.spec?.podManagementPolicy === "Parallel";
  return {
    updated: counted.filter(([, pod]) => isUpdated(pod)).map(([name]) => name),
    outdated: outdated.map(([name]) => name),
    aboutToGo: outdated.filter(([, pod]) => replacesAll && pod !== undefined).map(([name]) => name),
  };
}

/** What it takes to wait for a rollout. */
export interface RolloutWait {
  reach: KubernetesAccess;
  rollout: MembershipRollout;
  /** Names of the pods that are declared nodes. */
  names: readonly string[];
  pods: PodWatch;
  report: (line: string) => void;
}

/** Waits until each pod runs as its StatefulSet says, ready or not. */
export async function awaitRollout(wait: RolloutWait, deadline: Deadline): Promise<void> {
  const { reach, rollout, names, pods, report } = wait;
  const { statefulSet, namespace, generation } = rollout;
  const { apps } = await kubernetesApi(reach);
  const firstSeen = new Map<string, string | undefined>();
  const restarted = new Set<string>();
  let left = names;
  for (;;) {
    const { heard } = pods;
    const asking = apps
      .readNamespacedStatefulSet({ name: statefulSet, namespace })
      .catch((error: unknown) => refuseHopeless(error, rollout));
    const found = await Promise.race([asking, unanswered(deadline)]);
    if (found) refuseAnother(found, rollout);
    if (pods.isBlind)
      throw new Error(
        `whether the pods of ${namespace}/${statefulSet} are replaced can't be seen: they can't be watched; ` +
          'grant the kubeconfig\'s user the verbs "get", "list" and "watch" on "pods"',
      );
    const seen = Object.fromEntries(names.map((name) => [name, pods.pod(name)]));
    for (const [name, pod] of Object.entries(seen))
      if (pod && !firstSeen.has(name)) firstSeen.set(name, pod.metadata?.uid);
    if (found) {
      const { updated, outdated, aboutToGo } = rolloutState(found, generation, seen);
      pods.overlook(aboutToGo);
      for (const name of updated) {
        if (restarted.has(name) || firstSeen.get(name) === seen[name]?.metadata?.uid) continue;
        restarted.add(name);
        report(`${name} restarted (${updated.length}/${updated.length + outdated.length})`);
      }
      if (outdated.length === 0) return;
      left = outdated;
    }
    if (deadline.remaining === 0) {
      const why = pods.problems.join("\n") || "a pod is replaced when the one before it is ready";
      throw new Error(`${left.join(", ")}: not replaced after ${deadline.seconds} s; ${why}`);
    }
    await pods.changeSince(heard, pollMilliseconds);
  }
}

/** An API server that hangs is asked again, and not waited for longer than there is time. */
async function unanswered(deadline: Deadline): Promise<undefined> {
  const milliseconds = Math.min(longestRequest, Math.max(deadline.remaining, pollMilliseconds));
  return sleep(milliseconds, undefined, { ref: false });
}

/** Refuses a StatefulSet that only has the name of the one that is meant. */
export function refuseAnother(found: V1StatefulSet, { statefulSet, namespace, uid }: MembershipRollout): void {
  if (uid === undefined || found.metadata?.uid === undefined || found.metadata.uid === uid) return;
  throw new Error(
    `the StatefulSet ${namespace}/${statefulSet} that the kubeconfig leads to is another one than was deployed ` +
      `(uid ${found.metadata.uid} instead of ${uid}): it is in another cluster than the Kubernetes provider's; ${remedy}`,
  );
}

const remedy = "give `kubeconfig` and `context` as the provider has them";

function refuseHopeless(error: unknown, { statefulSet, namespace }: MembershipRollout): undefined {
  if (isTransientKubernetesError(error)) return undefined;
  throw new Error(
    `the StatefulSet ${namespace}/${statefulSet} can't be read: ${kubernetesErrorText(error)}; check its name, ` +
      "whether the kubeconfig leads to another cluster than the Kubernetes provider's " +
      `(${remedy}), and that its user has the verb "get" on "statefulsets"`,
  );
}
