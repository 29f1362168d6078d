import { join } from "node:path";
import { checkout } from "../../toolchain/places";

/** The network namespace of the control plane, of tests, and of the bridge to the nodes. Another name, another testbed. */
export const namespace = process.env.PULUMI_COUCH_TESTBED || "pulumi-couch";

/** Everything the testbed keeps. Short: the path of a unix socket has room for 108 characters. */
export const root = `/var/lib/${namespace}-testbed`;

/** For people and tests: the administrator's way in, from inside the network namespace. */
export const kubeconfig = join(root, "admin.kubeconfig");

/** The go.mod folder of what is built for the testbed. */
export const moduleFolder = (name: "kubernetes" | "coredns" | "pause"): string =>
  join(checkout, "test", "testbed", "modules", name);

/** Addresses of the control plane and of what it hands out. */
export const addresses = {
  controlPlane: "10.99.0.1",
  prefix: 24,
  apiServer: "https://10.99.0.1:6443",
  services: "10.96.0.0/16",
  /** The first of the services' addresses is the API server's. */
  apiService: "10.96.0.1",
  dnsService: "10.96.0.10",
  pods: "10.88.0.0/16",
};

/** A machine of the cluster, as far as Kubernetes can tell: a network namespace, a containerd and a kubelet. */
export interface TestbedNode {
  name: string;
  namespace: string;
  address: string;
  /** The addresses of its pods. */
  pods: string;
  zone: string;
  folder: string;
}

/** Two, so that spreading and draining mean something. */
export const nodes: readonly TestbedNode[] = [1, 2].map((number) => ({
  name: `node${number}`,
  namespace: `${namespace}-node${number}`,
  address: `10.99.0.${10 + number}`,
  pods: `10.88.${number}.0/24`,
  zone: `zone-${number}`,
  folder: join(root, `node${number}`),
}));
