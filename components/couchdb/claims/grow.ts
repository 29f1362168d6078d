import type { KubernetesApi } from "../../clients/kubernetes/api";
import { isTransientKubernetesError, kubernetesErrorText } from "../../clients/kubernetes/api-error";
import { clientLibrary } from "../../clients/kubernetes/client-library";
import { converge } from "../../reconcile/converge";
import { Deadline, DeadlineExceeded, NotYet } from "../../reconcile/deadline";
import { claimNames, type VolumeClaimsInputs } from "./inputs";
import { type Claim, claimsOf, templateSizeOf } from "./observe";
import { describe, type Observation, plan, type Step } from "./plan";

/**
 * Makes every claim ask for the declared size at least, until each request was taken. Never shrinks one. Returns the
 * claims as they are then.
 */
export async function grow(
  api: KubernetesApi,
  inputs: VolumeClaimsInputs,
  timeoutSeconds: number,
  report: (line: string) => void,
): Promise<Claim[]> {
  const names = claimNames(inputs);
  const { claims } = await converge<Observation, Step>(
    {
      async observe() {
        const claims = await claimsOf(api.core, inputs);
        const allThere = names.every((name) => claims.some((claim) => claim.name === name));
        return { claims, templateSize: allThere ? undefined : await templateSizeOf(api, inputs) };
      },
      plan: (state) => plan(state, names, inputs.size),
      describe: (steps) => describe(steps, inputs.size),
      async act(steps) {
        await Promise.all(steps.map((step) => act(api, step, inputs)));
      },
      isWaiting: (steps) => steps.every((step) => step.kind === "await"),
      isTransient: (error) => error instanceof NotYet,
      expired: ({ description, error }) =>
        new DeadlineExceeded(
          timeoutSeconds,
          error ?? new Error(`${description}; \`kubectl describe pvc\` may say why it takes so long`),
        ),
    },
    new Deadline(timeoutSeconds),
    report,
  );
  return claims.filter(({ name }) => names.includes(name));
}

async function act({ core }: KubernetesApi, step: Step, { namespace, size }: VolumeClaimsInputs): Promise<void> {
  if (step.kind !== "grow") return;
  const { PatchStrategy, setHeaderOptions } = clientLibrary();
  const body = { spec: { resources: { requests: { storage: size } } } };
  try {
    await core.patchNamespacedPersistentVolumeClaim(
      { name: step.claim, namespace, body },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  } catch (error) {
    const text = rejection(step, size, kubernetesErrorText(error));
    throw isTransientKubernetesError(error) ? new NotYet(text) : new Error(text);
  }
}

/** Why a claim was not grown, in the API server's own words, and what can be done. */
export function rejection(step: Extract<Step, { kind: "grow" }>, size: string, message: string): string {
  const { claim, from, storageClass } = step;
  const back = `set the size back to ${from}`;
  const known: [RegExp, string][] = [
    [/exceeded quota/i, `have the namespace's quota raised, or ${back}`],
    [
      /must support resize|dynamically provisioned/i,
      `have allowVolumeExpansion: true set on the StorageClass ${storageClass ?? "of the claim"} if its driver can ` +
        `grow volumes, or ${back}`,
    ],
    [/cannot patch resource/i, `let the user of the kubeconfig patch persistentvolumeclaims, or ${back}`],
  ];
  const remedy = known.find(([pattern]) => pattern.test(message))?.[1] ?? back;
  return `the volume claim ${claim} can't grow from ${from} to ${size}: ${message}. To go on, ${remedy}`;
}
