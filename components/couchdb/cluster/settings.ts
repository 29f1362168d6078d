import * as pulumi from "@pulumi/pulumi";
import { type Annotations, annotationsOf } from "../../kubernetes/metadata";
import { assertValid, booleanProblem, nameProblem, validated } from "../../validation/arguments";
import { sizeProblem } from "../claims/quantity";
import { type CouchDbClusterArgs, Join, Spread } from "./args";
import { defaultConfig, type Ini, iniProblem, merged, renderIni } from "./ini";
import { objectNames, selectorLabels } from "./names";
import {
  credentialsProblem,
  domainProblem,
  drainProblem,
  environmentProblem,
  graceProblem,
  imageProblem,
  joinProblem,
  replicasProblem,
  sidecarProblem,
  spreadProblem,
} from "./validate";

/** A cluster's arguments, judged, with every default decided. */
export type Settings = ReturnType<typeof settingsOf>;

/** Decides what was left open. Throws a `BadArgument` for what can't be, at once where it is known. */
export function settingsOf(name: string, args: CouchDbClusterArgs) {
  assertValid("name", nameProblem(name));
  assertValid("join", joinProblem(args.join ?? Join.Provider));
  assertValid("sidecar", sidecarProblem(args));
  assertValid("credentials", credentialsProblem(args));
  assertValid("metrics", booleanProblem(args.metrics));
  assertValid("networkPolicy.enabled", booleanProblem(args.networkPolicy?.enabled));
  const selector = selectorLabels(name);
  const tls = Boolean(args.tls);
  const metrics = args.metrics ?? false;
  const graceSeconds = validated("terminationGraceSeconds", args.terminationGraceSeconds ?? 120, graceProblem);
  const config = validated("config", (args.config ?? {}) as pulumi.Input<Ini>, iniProblem);
  const stack = new pulumi.Config("kubernetes");
  return {
    args,
    names: objectNames(name),
    /** Labels by which the pods are found. */
    selector,
    /** Labels of everything. */
    labels: pulumi
      .output(args.labels ?? {})
      .apply((own): Record<string, string> => ({ ...own, ...selector, "app.kubernetes.io/component": "database" })),
    /** Annotations of everything, and those given. */
    annotations: (...more: Annotations[]) => annotationsOf(args.annotations, ...more),
    tls,
    metrics,
    sidecar: args.join === Join.Sidecar,
    replicas: validated("replicas", args.replicas ?? 3, replicasProblem),
    image: validated("image", args.image ?? "couchdb:3.5.1", imageProblem),
    spread: validated("spread", args.spread ?? Spread.Required, spreadProblem),
    keepVolumes: validated("keepVolumes", args.keepVolumes ?? true, booleanProblem),
    clusterDomain: validated("clusterDomain", args.clusterDomain ?? "cluster.local", domainProblem),
    storageSize: validated("storageSize", args.storageSize ?? "10Gi", sizeProblem),
    timeoutSeconds: args.timeoutSeconds ?? 900,
    graceSeconds,
    drainSeconds: pulumi.all([args.drainSeconds ?? 15, graceSeconds]).apply(([drain, grace]) => {
      assertValid("drainSeconds", drainProblem(drain, grace));
      return drain;
    }),
    environment: validated("env", args.env ?? [], environmentProblem),
    /** The nodes' ini file. */
    ini: config.apply((own) => renderIni(merged(defaultConfig({ tls, metrics }), own))),
    secretConfig: validated("secretConfig", (args.secretConfig ?? {}) as pulumi.Input<Ini>, iniProblem),
    /** How the nodes are reached: as the Kubernetes provider, as far as its settings are to be had. */
    reach: {
      kubeconfig: args.kubeconfig ?? stack.getSecret("kubeconfig"),
      context: args.context ?? stack.get("context"),
    },
  };
}

/** So that the name is free at once for another `up`, while pods still stop; else it is taken until the last has. */
export const deletedAtOnce = { "pulumi.com/deletionPropagationPolicy": "background" };
