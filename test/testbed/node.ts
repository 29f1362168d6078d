import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./binaries";
import type { Box } from "./box";
import { makeCgroup, nodeCgroup } from "./cgroups";
import { attempt } from "./command";
import { credentials } from "./credentials";
import { addresses, type TestbedNode } from "./places";

/** The image of the process that holds a pod's namespaces. */
export const PAUSE_IMAGE = "registry.k8s.io/pause:3.10";

/** Starts a node's containerd and waits for it. */
export async function startContainerd(box: Box, node: TestbedNode): Promise<void> {
  await mkdir(join(node.folder, "cni"), { recursive: true });
  await writeFile(join(node.folder, "cni", "10-pods.conflist"), JSON.stringify(podNetwork(node)));
  const config = join(node.folder, "containerd.toml");
  await writeFile(config, containerdConfig(node));
  const name = `${node.name}-containerd`;
  await box.start(name, ["containerd", "--config", config], { netns: node.namespace });
  await box.until(`containerd of ${node.name}`, name, () => attempt(...ctr(node, "version")));
}

/** Starts a node's kubelet and its translation of services' addresses. */
export async function startKubelet(box: Box, binaries: Binaries, node: TestbedNode): Promise<void> {
  await makeCgroup(node);
  const config = join(node.folder, "kubelet.json");
  await writeFile(config, JSON.stringify(kubeletConfig(node)));
  const netns = node.namespace;
  const kubelet = [
    binaries.kubernetes("kubelet"),
    `--config=${config}`,
    `--kubeconfig=${credentials.kubeconfig(node.name)}`,
    `--root-dir=${join(node.folder, "kubelet")}`,
    `--cert-dir=${join(node.folder, "kubelet-certificates")}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${node.address}`,
    `--node-labels=topology.kubernetes.io/zone=${node.zone},topology.kubernetes.io/region=testbed`,
  ];
  const proxy = [
    binaries.kubernetes("kube-proxy"),
    `--kubeconfig=${credentials.kubeconfig("proxy")}`,
    `--hostname-override=${node.name}`,
    "--proxy-mode=iptables",
    `--cluster-cidr=${addresses.pods}`,
    // The kernel's table is the machine's: leave it as it is.
    "--conntrack-max-per-core=0",
    "--conntrack-tcp-timeout-established=0",
    "--conntrack-tcp-timeout-close-wait=0",
  ];
  await box.start(`${node.name}-kubelet`, kubelet, { netns });
  await box.start(`${node.name}-proxy`, proxy, { netns });
}

/** The command line that speaks to a node's containerd about Kubernetes' images and containers. */
export function ctr(node: TestbedNode, ...args: string[]): [string, ...string[]] {
  return ["ctr", "--address", containerdSocket(node), "--namespace", "k8s.io", ...args];
}

function containerdSocket(node: TestbedNode): string {
  return join(node.folder, "containerd.sock");
}

/** Point to point, without a bridge: the translation of services' addresses sees traffic between pods of one node too. */
function podNetwork(node: TestbedNode): object {
  const ipam = { type: "host-local", ranges: [[{ subnet: node.pods }]], routes: [{ dst: "0.0.0.0/0" }] };
  const dataDir = join(node.folder, "addresses");
  return {
    cniVersion: "0.4.0",
    name: `testbed-${node.name}`,
    plugins: [
      { type: "ptp", ipMasq: false, ipam: { ...ipam, dataDir } },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

function containerdConfig(node: TestbedNode): string {
  return `version = 2
root = "${node.folder}/containerd"
state = "${node.folder}/containerd-state"
[grpc]
  address = "${containerdSocket(node)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${node.folder}/cni"
`;
}

function kubeletConfig(node: TestbedNode): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // The kubelet answers in its network namespace alone.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    // It dereferences nil where a container of a pod with resource requests goes while the pod is being deleted.
    featureGates: { InPlacePodVerticalScaling: false },
    cgroupDriver: "cgroupfs",
    cgroupRoot: nodeCgroup(node),
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    clusterDomain: "cluster.local",
    clusterDNS: [addresses.dnsService],
    resolvConf: "",
    containerRuntimeEndpoint: `unix://${containerdSocket(node)}`,
    podLogsDir: join(node.folder, "pod-logs"),
    // The nodes share the machine's disk: only a full one is worth an eviction, and no image ever goes.
    evictionHard: { "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "100Mi" },
    imageMinimumGCAge: "24h",
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    localStorageCapacityIsolation: false,
  };
}
