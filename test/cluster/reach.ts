import type { KubernetesAccess } from "../../components/clients/kubernetes/access";

/** The cluster of the tests in this folder: the one named by PULUMI_COUCH_KUBECONFIG, otherwise the testbed's. */
export const reach: KubernetesAccess = { kubeconfig: process.env.PULUMI_COUCH_KUBECONFIG };
