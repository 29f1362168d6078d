import * as pulumi from "@pulumi/pulumi";
import { booleanProblem, checked, choiceProblem, nameProblem, refuse, shown, textProblem } from "../arguments";
import { type Annotations, annotationsOf } from "../objects";
import {
  FailurePolicy,
  type HookCertificateArgs,
  type KeyValueArgs,
  Reschedule,
  type RescheduleHookArgs,
  TrackingResource,
} from "./args";
import { type PresetArgs, Presets } from "./presets";

/** A hook's arguments, judged, with every default decided. */
export type Settings = ReturnType<typeof settingsOf>;

/** Decides what was left open. Throws a `BadArgument` for what can't be, at once where it is known. */
export function settingsOf(name: string, args: RescheduleHookArgs) {
  refuse("name", nameProblem(name) ?? lengthProblem(name));
  refuse("reschedule", choiceProblem(Reschedule)(args.reschedule ?? Reschedule.Elsewhere));
  refuse("certificate", certificateProblem(args.certificate ?? {}));
  refuse("namespaces", namespacesProblem(args.namespaces));
  const preset: PresetArgs = args.preset ?? Presets.couchbase;
  const selector = { "app.kubernetes.io/name": "reschedule-hook", "app.kubernetes.io/instance": name };
  return {
    args,
    name,
    namespaces: args.namespaces?.map((one, index) => checked(`namespaces[${index}]`, one, namespaceProblem)),
    /** Labels by which the hook's own pods are found. */
    selector,
    /** Labels of everything. */
    labels: pulumi.output(args.labels ?? {}).apply((own): Record<string, string> => ({ ...own, ...selector })),
    /** Annotations of everything, and more. */
    annotations: (...more: Annotations[]) => annotationsOf(args.annotations, ...more),
    protectedLabel: pairOf("selector", args.selector ?? preset.selector),
    annotation: pairOf("annotation", args.annotation ?? preset.annotation),
    tracking: checked("trackRescheduledPods", args.trackRescheduledPods ?? preset.trackRescheduledPods, booleanProblem),
    trackingResource: checked(
      "trackingResource",
      args.trackingResource ?? preset.trackingResource,
      choiceProblem(TrackingResource),
    ),
    deletes: args.reschedule === Reschedule.DeleteAfterReady,
    failurePolicy: checked("failurePolicy", args.failurePolicy ?? FailurePolicy.Fail, choiceProblem(FailurePolicy)),
    timeoutSeconds: checked("timeoutSeconds", args.timeoutSeconds ?? 10, timeoutProblem),
    replicas: checked("replicas", args.replicas ?? 2, replicasProblem),
  };
}

/** With more, Kubernetes would cut off a part of the pods' names by which the hook knows its own. */
const longestName = 46;

function lengthProblem(name: string): string | undefined {
  return name.length > longestName ? `"${name}" is longer than ${longestName} characters; shorten it` : undefined;
}

function certificateProblem(certificate: HookCertificateArgs): string | undefined {
  const { issuerRef, secretName, caBundle, validityDays, renewBeforeDays, keeper } = certificate;
  const made = [validityDays, renewBeforeDays, keeper].some((argument) => argument !== undefined);
  if (issuerRef && secretName !== undefined) return "it has both issuerRef and secretName; give one of them";
  if ((secretName === undefined) !== (caBundle === undefined))
    return "secretName and caBundle go together: the API server must know whom to trust; give both or none";
  // Without an authority to trust, the API server would take no answer of the hook's, and evict no pod.
  for (const [name, text] of Object.entries({ secretName, caBundle }))
    if (text === "") return `${name} is empty; give it a text`;
  if (made && (issuerRef || secretName !== undefined))
    return "validityDays, renewBeforeDays and keeper are for a certificate made by this package; leave them out";
  return undefined;
}

function namespacesProblem(namespaces: unknown): string | undefined {
  if (namespaces === undefined || namespaces === null) return undefined;
  if (!Array.isArray(namespaces)) return "give a list of names; each, but not the list, may be an output";
  if (namespaces.length > 0) return undefined;
  return "no namespace is named; name some, or leave it out for all but the system's";
}

function namespaceProblem(namespace: string): string | undefined {
  if (systemNamespaces.includes(namespace)) return `"${namespace}" is the system's: its pods must never wait`;
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(namespace)) return undefined;
  return `${shown(namespace)} is not a namespace's name; give lower-case letters, digits and hyphens`;
}

/** The program takes an empty key or value for one that is not given, and would protect other pods. */
function pairOf(property: string, { key, value }: KeyValueArgs) {
  return {
    key: checked(`${property}.key`, key, textProblem),
    value: checked(`${property}.value`, value, textProblem),
  };
}

/** Where a pod that is not evicted could keep a whole cluster from getting well. */
export const systemNamespaces = ["kube-node-lease", "kube-public", "kube-system"];

function timeoutProblem(seconds: number): string | undefined {
  if (Number.isInteger(seconds) && seconds >= 2 && seconds <= 30) return undefined;
  return `${shown(seconds)} is no whole number of seconds from 2 to 30`;
}

function replicasProblem(replicas: number): string | undefined {
  return Number.isInteger(replicas) && replicas >= 1
    ? undefined
    : `${shown(replicas)} is no number of pods; give 1 or more`;
}
