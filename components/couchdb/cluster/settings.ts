import * as pulumi from "@pulumi/pulumi";
import { labelsOf, selectorLabels } from "../../kubernetes/labels";
import { ObjectMetadata } from "../../kubernetes/metadata";
import { Spread } from "../../kubernetes/spread";
import {
  assertValid,
  booleanProblem,
  derived,
  domainProblem,
  imagePullPolicyProblem,
  nameProblem,
  validated,
  validatedIfGiven,
} from "../../validation/arguments";
import { sizeProblem } from "../claims/quantity";
import { type CouchDbClusterArgs, Join } from "./args";
import { defaultConfig, type Ini, iniProblem, merged, renderIni } from "./ini";
import { objectNames } from "./names";
import {
  credentialsProblem,
  drainProblem,
  environmentProblem,
  graceProblem,
  imageProblem,
  joinProblem,
  replicasProblem,
  sidecarProblem,
  spreadProblem,
} from "./validate";

/** A cluster's arguments, validated, with every default decided. */
export type Settings = ReturnType<typeof settingsOf>;

/** Validates the arguments and decides the defaults. Throws an `InvalidArgument`, at once where the value is known. */
export function settingsOf(name: string, args: CouchDbClusterArgs) {
  assertValid("name", nameProblem(name));
  assertValid("join", joinProblem(args.join ?? Join.Provider));
  assertValid("sidecar", sidecarProblem(args));
  assertValid("credentials", credentialsProblem(args));
  assertValid("metrics", booleanProblem(args.metrics));
  assertValid("networkPolicy.enabled", booleanProblem(args.networkPolicy?.enabled));
  const selector = selectorLabels("couchdb", name);
  const labels = labelsOf(args.labels, selector, "database");
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
    labels,
    /** Metadata of everything. */
    metadata: new ObjectMetadata({
      component: "CouchDbCluster",
      namespace: args.namespace,
      labels,
      annotations: args.annotations,
    }),
    tls,
    metrics,
    sidecar: args.join === Join.Sidecar,
    replicas: validated("replicas", args.replicas ?? 3, replicasProblem),
    image: validated("image", args.image ?? "couchdb:3.5.1", imageProblem),
    imagePullPolicy: validatedIfGiven("imagePullPolicy", args.imagePullPolicy, imagePullPolicyProblem),
    spread: validated("spread", args.spread ?? Spread.Required, spreadProblem),
    keepVolumes: validated("keepVolumes", args.keepVolumes ?? true, booleanProblem),
    clusterDomain: validated("clusterDomain", args.clusterDomain ?? "cluster.local", domainProblem),
    storageSize: validated("storageSize", args.storageSize ?? "10Gi", sizeProblem),
    timeoutSeconds: args.timeoutSeconds ?? 900,
    graceSeconds,
    drainSeconds: derived([args.drainSeconds ?? 15, graceSeconds], ([drain, grace]) => {
      assertValid("drainSeconds", drainProblem(drain, grace));
      return drain;
    }),
    environment: validated("env", args.env ?? [], environmentProblem),
    /** The nodes' ini file. */
    ini: derived(config, (own) => renderIni(merged(defaultConfig({ tls, metrics }), own))),
    secretConfig: validated("secretConfig", (args.secretConfig ?? {}) as pulumi.Input<Ini>, iniProblem),
    /** How to reach the nodes: as the Kubernetes provider does, as far as its settings are known. */
    kubernetes: {
      kubeconfig: args.kubernetes?.kubeconfig ?? stack.getSecret("kubeconfig"),
      context: args.kubernetes?.context ?? stack.get("context"),
    },
  };
}
