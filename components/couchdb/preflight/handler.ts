import { kubernetesApi } from "../../clients/kubernetes/api";
import { changedFields } from "../../dynamic/changes";
import { type Handler, PartialFailure } from "../../dynamic/handler";
import { progress } from "../../reconcile/progress";
import { claimsOf } from "../claims/observe";
import type { PreflightInputs, PreflightOutputs } from "./inputs";
import { leave } from "./leave";
import { validatePreflight } from "./validate";

const defaultTimeoutSeconds = 60;

/** Handler of the resource `CouchDbPreflight`. */
export const preflightHandler: Handler<PreflightInputs, PreflightOutputs> = {
  check: validatePreflight,

  /** How the cluster is reached is not part of what it is. */
  diff(olds, news) {
    const significant = [
      "statefulSet",
      "namespace",
      "headlessService",
      "clusterDomain",
      "replicas",
      "nodeNames",
    ] as const;
    return { changes: changedFields(olds, news, significant).length > 0 };
  },

  async create(inputs) {
    await reportKeptClaims(inputs);
    return { id: `${inputs.namespace}/${inputs.statefulSet}`, outs: { ...inputs, removals: 0 } };
  },

  async update(id, olds, news) {
    const leaving = (olds.nodeNames ?? []).filter((name) => !news.nodeNames.includes(name));
    let removals = olds.removals ?? 0;
    try {
      if (leaving.length > 0)
        await leave({
          connection: news.connection,
          staying: news.nodeNames.filter((name) => olds.nodeNames.includes(name)),
          leaving,
          timeoutSeconds: news.timeoutSeconds ?? defaultTimeoutSeconds,
          report: progress("couchdb"),
          changing: () => {
            removals = (olds.removals ?? 0) + 1;
          },
        });
    } catch (error) {
      if (removals === (olds.removals ?? 0)) throw error;
      // The nodes of before, so that the next run finds the same ones to let go, or joins them again.
      const { replicas, nodeNames } = olds;
      throw new PartialFailure(id, { ...news, replicas, nodeNames, removals }, error as Error);
    }
    return { outs: { ...news, removals } };
  },

  async read(_id, outs) {
    return outs;
  },

  async delete() {},
};

/** Volumes usually outlive a cluster: nodes that come up under the same names find their data again. */
async function reportKeptClaims({ namespace, statefulSet, claimTemplate, connection }: PreflightInputs): Promise<void> {
  if (!connection.kubernetes) return;
  try {
    const { core } = await kubernetesApi(connection.kubernetes);
    const names = (await claimsOf(core, { namespace, statefulSet, claimTemplate })).map((claim) => claim.name);
    if (names.length > 0)
      progress("couchdb")(`volumes of an earlier cluster are taken over with their data: ${names.join(", ")}`);
  } catch {
    // Only for information: those that need the API server report what is wrong.
  }
}
