import { kubernetesApi } from "../../clients/kubernetes/api";
import { changedFields } from "../../dynamic/changes";
import type { Difference, Handler } from "../../dynamic/handler";
import { progress } from "../../reconcile/progress";
import { grow } from "./grow";
import { claimNames, type VolumeClaimsInputs, type VolumeClaimsOutputs } from "./inputs";
import { claimsOf } from "./observe";
import { describeLag } from "./plan";
import { isLess } from "./quantity";
import { validateVolumeClaims } from "./validate";

const defaultTimeoutSeconds = 300;

/** Handler of the resource `VolumeClaims`. */
export const volumeClaimsHandler: Handler<VolumeClaimsInputs, VolumeClaimsOutputs> = {
  check: validateVolumeClaims,
  diff: differs,

  async create(inputs) {
    return { id: `${inputs.namespace}/${inputs.statefulSet}`, outs: await converge(inputs) };
  },

  async update(_id, _olds, news) {
    return { outs: await converge(news) };
  },

  async read(_id, outs) {
    const { core } = await kubernetesApi(outs.kubernetes ?? {});
    const names = claimNames(outs);
    const claims = (await claimsOf(core, outs)).filter(({ name }) => names.includes(name));
    return { ...outs, claims: Object.fromEntries(claims.map(({ name, size }) => [name, size])) };
  },

  // Whether volumes outlive the cluster is the StatefulSet's to decide (persistentVolumeClaimRetentionPolicy).
  async delete() {},
};

function differs(olds: VolumeClaimsOutputs, news: VolumeClaimsInputs): Difference {
  // Access to the cluster, too: a refresh uses what state has of it, and would try credentials that have run out.
  const significant = ["namespace", "statefulSet", "claimTemplate", "replicas", "size", "kubernetes"] as const;
  if (changedFields(olds, news, significant).length > 0) return { changes: true };
  const drifted = claimNames(news).some((name) => {
    const size = olds.claims?.[name];
    return size === undefined || isLess(size, news.size);
  });
  return { changes: drifted };
}

async function converge(inputs: VolumeClaimsInputs): Promise<VolumeClaimsOutputs> {
  const api = await kubernetesApi(inputs.kubernetes ?? {});
  const report = progress("couchdb");
  const claims = await grow(api, inputs, inputs.timeoutSeconds ?? defaultTimeoutSeconds, report);
  const lag = describeLag(claims);
  if (lag) report(lag);
  // Those that are not there yet will be made in the declared size.
  const sizes = claimNames(inputs).map((name) => [
    name,
    claims.find((claim) => claim.name === name)?.size ?? inputs.size,
  ]);
  return { ...inputs, claims: Object.fromEntries(sizes) };
}
