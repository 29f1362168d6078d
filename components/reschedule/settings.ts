import { labelsOf, selectorLabels } from "../kubernetes/labels";
import { ObjectMetadata } from "../kubernetes/metadata";
import {
  assertValid,
  booleanProblem,
  certificatesProblem,
  choiceProblem,
  imagePullPolicyProblem,
  isDnsLabel,
  isIntegerIn,
  keyProblem,
  labelValueProblem,
  logLevelProblem,
  nameProblem,
  shown,
  textProblem,
  validated,
  validatedIfGiven,
} from "../validation/arguments";
import {
  FailurePolicy,
  type HookCertificateArgs,
  type KeyValueArgs,
  type PresetArgs,
  Reschedule,
  type RescheduleHookArgs,
  TrackingResource,
} from "./args";
import { Presets } from "./presets";

/** A hook's arguments, validated, with every default decided. */
export type Settings = ReturnType<typeof settingsOf>;

/** Validates the arguments and decides the defaults. Throws an `InvalidArgument`, at once where the value is known. */
export function settingsOf(name: string, args: RescheduleHookArgs) {
  assertValid("name", nameProblem(name) ?? lengthProblem(name));
  assertValid("reschedule", choiceProblem(Reschedule)(args.reschedule ?? Reschedule.Elsewhere));
  assertValid("certificate", certificateProblem(args.certificate ?? {}));
  assertValid("namespaces", namespacesProblem(args.namespaces));
  const preset: PresetArgs = args.preset ?? Presets.couchbase;
  const selector = selectorLabels("reschedule-hook", name);
  return {
    args,
    name,
    namespaces: args.namespaces?.map((one, index) => validated(`namespaces[${index}]`, one, namespaceProblem)),
    /** Labels by which the hook's own pods are found. */
    selector,
    /** Metadata of everything. */
    metadata: new ObjectMetadata({
      component: "RescheduleHook",
      namespace: args.namespace,
      labels: labelsOf(args.labels, selector),
      annotations: args.annotations,
    }),
    protectedLabel: pairOf("selector", args.selector ?? preset.selector, labelValueProblem),
    annotation: pairOf("annotation", args.annotation ?? preset.annotation, textProblem),
    tracking: validated(
      "trackRescheduledPods",
      args.trackRescheduledPods ?? preset.trackRescheduledPods,
      booleanProblem,
    ),
    trackingResource: validated(
      "trackingResource",
      args.trackingResource ?? preset.trackingResource,
      choiceProblem(TrackingResource),
    ),
    deletes: args.reschedule === Reschedule.DeleteAfterReady,
    failurePolicy: validated("failurePolicy", args.failurePolicy ?? FailurePolicy.Fail, choiceProblem(FailurePolicy)),
    timeoutSeconds: validated("timeoutSeconds", args.timeoutSeconds ?? 10, timeoutProblem),
    certificate: certificateOf(args.certificate ?? {}),
    replicas: validated("replicas", args.replicas ?? 2, replicasProblem),
    imagePullPolicy: validatedIfGiven("imagePullPolicy", args.imagePullPolicy, imagePullPolicyProblem),
    logLevel: validated("logLevel", args.logLevel ?? "info", logLevelProblem),
  };
}

/** Kubernetes shortens longer names of pods, and the hook would not recognize its own. */
const longestName = 46;

function lengthProblem(name: string): string | undefined {
  return name.length > longestName ? `"${name}" is longer than ${longestName} characters; shorten it` : undefined;
}

function certificateProblem(certificate: HookCertificateArgs): string | undefined {
  const { issuerRef, secretName, caBundle, validityDays, renewBeforeDays, keepers } = certificate;
  const made = [validityDays, renewBeforeDays, keepers].some((argument) => argument !== undefined);
  if (issuerRef && secretName !== undefined) return "it has both issuerRef and secretName; give one of them";
  if ((secretName === undefined) !== (caBundle === undefined))
    return "secretName and caBundle go together: the API server must trust the certificate; give both or leave both out";
  if (made && (issuerRef || secretName !== undefined))
    return "validityDays, renewBeforeDays and keepers are for a certificate made by this package; leave them out";
  return undefined;
}

function certificateOf({ issuerRef, secretName, caBundle, ...made }: HookCertificateArgs) {
  return {
    ...made,
    issuerRef: issuerRef && {
      ...issuerRef,
      name: validated("certificate.issuerRef.name", issuerRef.name, textProblem),
    },
    secretName: validatedIfGiven("certificate.secretName", secretName, textProblem),
    // Without an authority to trust, the API server would reject every answer of the hook, and evict no pod.
    caBundle: validatedIfGiven("certificate.caBundle", caBundle, certificatesProblem),
  };
}

function namespacesProblem(namespaces: unknown): string | undefined {
  if (namespaces === undefined || namespaces === null) return undefined;
  if (!Array.isArray(namespaces)) return "give a list of names; each, but not the list, may be an output";
  if (namespaces.length === 0) return "the list is empty; name a namespace, or leave it out for all but the system's";
  const twice = namespaces.find((one, index) => typeof one === "string" && namespaces.indexOf(one) < index);
  return twice === undefined ? undefined : `"${twice}" is named twice; leave one out`;
}

function namespaceProblem(namespace: string): string | undefined {
  if (systemNamespaces.includes(namespace))
    return `"${namespace}" belongs to the system, whose pods must never wait; leave it out`;
  if (isDnsLabel(namespace)) return undefined;
  return `${shown(namespace)} is not a valid name of a namespace; give lower-case letters, digits and hyphens`;
}

/** The program would take an empty key or value as left out, and protect other pods. */
function pairOf(property: string, { key, value }: KeyValueArgs, valueProblem: (value: string) => string | undefined) {
  return {
    key: validated(`${property}.key`, key, keyProblem),
    value: validated(`${property}.value`, value, valueProblem),
  };
}

/** A pod that is not evicted here could keep a whole Kubernetes cluster from recovering. */
export const systemNamespaces = ["kube-node-lease", "kube-public", "kube-system"];

function timeoutProblem(seconds: number): string | undefined {
  if (isIntegerIn(seconds, 2, 30)) return undefined;
  return `${shown(seconds)} is not a whole number of seconds from 2 to 30`;
}

function replicasProblem(replicas: number): string | undefined {
  return isIntegerIn(replicas, 1) ? undefined : `${shown(replicas)} is not a valid number of pods; give 1 or more`;
}
