import type { KubernetesReach } from "../../components/clients/kubernetes/reach";

/** The cluster of the tests in this folder: the one named by PULUMI_COUCH_KUBECONFIG, else the testbed's. */
export const reach: KubernetesReach = { kubeconfig: process.env.PULUMI_COUCH_KUBECONFIG };
