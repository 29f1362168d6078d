import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** The container that joins the nodes. */
export interface SidecarArgs {
  /** Image with Node.js 20 or newer. Default: `node:22-slim`. */
  image?: pulumi.Input<string>;
  /** How much the program logs, one of `LogLevel`. Default: `info`. */
  logLevel?: pulumi.Input<string>;
  /** CPU and memory of the container. Default: requests of 10m and 64Mi, a limit of 64Mi memory. */
  resources?: pulumi.Input<kubernetes.types.input.core.v1.ResourceRequirements>;
}

/** The timing of one probe. */
export interface ProbeTimingArgs {
  /** Seconds between attempts, at least 1. Default: the probe's. */
  periodSeconds?: pulumi.Input<number>;
  /** Failures in a row until the probe has failed, at least 1. Default: the probe's. */
  failureThreshold?: pulumi.Input<number>;
  /** Seconds an attempt may take, at least 1. Default: the probe's. */
  timeoutSeconds?: pulumi.Input<number>;
}

/** When a node counts as started, alive and ready. */
export interface ClusterProbesArgs {
  /** Started: port 5984 takes connections. Default: every 5 s, 60 failures, so 5 minutes, each attempt within 1 s. */
  startup?: ProbeTimingArgs;
  /**
   * Alive: port 5984 takes connections; not `/_up`, which is 404 in maintenance too. Default: every 10 s, 6 failures, each
   * attempt within 1 s.
   */
  liveness?: ProbeTimingArgs;
  /** Ready: `/_up` answers 200. Default: every 5 s, 3 failures, each attempt within 5 s. */
  readiness?: ProbeTimingArgs;
}
