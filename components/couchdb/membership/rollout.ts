import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesAccess } from "../../clients/kubernetes/access";
import { type KubernetesApi, kubernetesApi } from "../../clients/kubernetes/api";
import { isTransientKubernetesError, kubernetesErrorText } from "../../clients/kubernetes/api-error";
import type { V1Pod, V1StatefulSet } from "../../clients/kubernetes/client-library";
import type { PodWatch } from "../../clients/kubernetes/pod-watch";
import { converge } from "../../reconcile/converge";
import type { Deadline } from "../../reconcile/deadline";
import type { MembershipRollout } from "./inputs";

const pollMilliseconds = 500;
const longestRequest = 10_000;

/** How far the pods of a StatefulSet have been replaced. */
export interface RolloutState {
  /** Those that run as the StatefulSet now says. */
  updated: string[];
  /** Those that don't yet; all, until the StatefulSet's controller has noticed the change. */
  outdated: string[];
  /** Those of the outdated that are there, and will be replaced whatever keeps them from running. */
  aboutToGo: string[];
}

/**
 * How far a rollout is, for the pods named. Those below the partition of a staged rollout are left as they are and don't
 * count, nor do any where pods are replaced only once they are deleted by hand.
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
  // Where pods are started in order, one that does not come up is never replaced: it has to be deleted by hand.
  const replacesAll = statefulSet.spec?.podManagementPolicy === "Parallel";
  return {
    updated: counted.filter(([, pod]) => isUpdated(pod)).map(([name]) => name),
    outdated: outdated.map(([name]) => name),
    aboutToGo: outdated.filter(([, pod]) => replacesAll && pod !== undefined).map(([name]) => name),
  };
}

/** What it takes to wait for a rollout. */
export interface RolloutWait {
  access: KubernetesAccess;
  rollout: MembershipRollout;
  /** Names of the pods that are declared nodes. */
  names: readonly string[];
  pods: PodWatch;
  report: (line: string) => void;
}

/** What was seen of a rollout. */
interface Seen {
  /** Nothing where the API server did not answer. */
  statefulSet: V1StatefulSet | undefined;
  pods: Record<string, V1Pod | undefined>;
}

/** Waits until each pod runs as its StatefulSet says, ready or not. */
export async function awaitRollout(wait: RolloutWait, deadline: Deadline): Promise<void> {
  const { access, rollout, names, pods, report } = wait;
  const { apps } = await kubernetesApi(access);
  const restarts = new Restarts();
  let heard = pods.heard;
  const stateOf = ({ statefulSet, pods }: Seen): RolloutState =>
    statefulSet
      ? rolloutState(statefulSet, rollout.generation, pods)
      : { updated: [], outdated: [...names], aboutToGo: [] };

  await converge<Seen, string>(
    {
      async observe() {
        heard = pods.heard;
        const statefulSet = await readStatefulSet(apps, rollout, deadline);
        if (pods.isBlind) throw new Error(cannotSee(rollout));
        const seen = { statefulSet, pods: Object.fromEntries(names.map((name) => [name, pods.pod(name)])) };
        const { updated, outdated, aboutToGo } = stateOf(seen);
        if (statefulSet) pods.overlook(aboutToGo);
        for (const name of restarts.among(updated, seen.pods))
          report(`${name} restarted (${updated.length}/${updated.length + outdated.length})`);
        return seen;
      },
      plan: (seen) => stateOf(seen).outdated,
      describe: (outdated) => `waiting for ${outdated.join(", ")} to be replaced`,
      isWaiting: () => true,
      async act() {},
      pause: (milliseconds) => pods.changeSince(heard, milliseconds),
      expired({ steps }) {
        const why = pods.problems.join("\n") || "a pod is replaced when the one before it is ready";
        return new Error(`${steps.join(", ")}: not replaced after ${deadline.seconds} s; ${why}`);
      },
    },
    deadline,
    () => {}, // Each restart has its own line.
    { shortest: pollMilliseconds, longest: pollMilliseconds },
  );
}

/** Tells which pods have been replaced while they were watched. */
class Restarts {
  private readonly firstSeen = new Map<string, string | undefined>();
  private readonly known = new Set<string>();

  /** Those of the updated pods that are other ones than at first, each once. */
  among(updated: readonly string[], pods: Seen["pods"]): string[] {
    for (const [name, pod] of Object.entries(pods))
      if (pod && !this.firstSeen.has(name)) this.firstSeen.set(name, pod.metadata?.uid);
    const restarted = updated.filter(
      (name) => !this.known.has(name) && this.firstSeen.get(name) !== pods[name]?.metadata?.uid,
    );
    for (const name of restarted) this.known.add(name);
    return restarted;
  }
}

/** The StatefulSet; nothing where the API server does not answer now. */
async function readStatefulSet(
  apps: KubernetesApi["apps"],
  rollout: MembershipRollout,
  deadline: Deadline,
): Promise<V1StatefulSet | undefined> {
  const { statefulSet: name, namespace } = rollout;
  const asking = apps
    .readNamespacedStatefulSet({ name, namespace })
    .catch((error: unknown) => rejectPermanent(error, rollout));
  const found = await Promise.race([asking, unanswered(deadline)]);
  if (found) assertSame(found, rollout);
  return found;
}

function cannotSee({ namespace, statefulSet }: MembershipRollout): string {
  return (
    `the replacement of the pods of ${namespace}/${statefulSet} can't be followed, as they can't be watched; ` +
    'grant the kubeconfig\'s user the verbs "get", "list" and "watch" on "pods"'
  );
}

/** An API server that hangs is asked again, and not waited for longer than there is time. */
async function unanswered(deadline: Deadline): Promise<undefined> {
  const milliseconds = Math.min(longestRequest, Math.max(deadline.remaining, pollMilliseconds));
  return sleep(milliseconds, undefined, { ref: false });
}

/** Rejects a StatefulSet that only has the name of the one that is meant. */
export function assertSame(found: V1StatefulSet, { statefulSet, namespace, uid }: MembershipRollout): void {
  if (uid === undefined || found.metadata?.uid === undefined || found.metadata.uid === uid) return;
  throw new Error(
    `the StatefulSet ${namespace}/${statefulSet} that the kubeconfig leads to is another one than was deployed ` +
      `(uid ${found.metadata.uid} instead of ${uid}): it is in another cluster than the Kubernetes provider's; ${remedy}`,
  );
}

const remedy = "give `kubeconfig` and `context` as the provider has them";

function rejectPermanent(error: unknown, { statefulSet, namespace }: MembershipRollout): undefined {
  if (isTransientKubernetesError(error)) return undefined;
  throw new Error(
    `the StatefulSet ${namespace}/${statefulSet} can't be read: ${kubernetesErrorText(error)}; check its name, ` +
      "whether the kubeconfig leads to another cluster than the Kubernetes provider's " +
      `(${remedy}), and that its user has the verb "get" on "statefulsets"`,
  );
}
