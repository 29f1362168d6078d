import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./binaries";
import type { Box } from "./box";
import { attempt } from "./command";
import { controllerManagerUid, credentials } from "./credentials";
import { kubectl } from "./kubectl";
import { addresses, root } from "./places";

/** Starts what a cluster has once: etcd, API server, controllers, scheduler, DNS. */
export async function startControlPlane(box: Box, binaries: Binaries): Promise<void> {
  await box.start("etcd", [
    "etcd",
    `--data-dir=${join(root, "etcd")}`,
    "--listen-client-urls=http://127.0.0.1:2379",
    "--advertise-client-urls=http://127.0.0.1:2379",
    "--listen-peer-urls=http://127.0.0.1:2380",
    "--unsafe-no-fsync",
  ]);
  await box.start("api-server", [
    binaries.kubernetes("kube-apiserver"),
    "--etcd-servers=http://127.0.0.1:2379",
    `--advertise-address=${addresses.controlPlane}`,
    `--tls-cert-file=${credentials.apiServer}`,
    `--tls-private-key-file=${credentials.apiServerKey}`,
    `--client-ca-file=${credentials.authority}`,
    `--requestheader-client-ca-file=${credentials.authority}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    `--token-auth-file=${credentials.tokens}`,
    "--authorization-mode=Node,RBAC",
    `--service-cluster-ip-range=${addresses.services}`,
    "--allow-privileged=true",
    "--kubelet-preferred-address-types=InternalIP",
    "--enable-aggregator-routing=true", // the API server is on no node: it reaches webhooks' pods directly
    // The estimate has each list and watch wait 3 s for news that this etcd, older than 3.4.25, does not send.
    "--feature-gates=SizeBasedListCostEstimate=false",
  ]);
  await box.until("the API server", "api-server", () => attempt(...kubectl(binaries, "get", "--raw", "/readyz")));
  await box.start(
    "controller-manager",
    [
      binaries.kubernetes("kube-controller-manager"),
      `--kubeconfig=${credentials.kubeconfig("controller-manager")}`,
      `--service-account-private-key-file=${credentials.serviceAccountKey}`,
      `--root-ca-file=${credentials.authority}`,
      `--cluster-signing-cert-file=${credentials.authority}`,
      `--cluster-signing-key-file=${credentials.authorityKey}`,
      "--use-service-account-credentials=true",
      "--leader-elect=false",
      "--controllers=*,-node-ipam-controller,-node-route-controller,-cloud-node-lifecycle-controller",
      "--enable-hostpath-provisioner=true",
      "--cert-dir=", // in memory
    ],
    { uid: controllerManagerUid },
  );
  await box.start("scheduler", [
    binaries.kubernetes("kube-scheduler"),
    `--kubeconfig=${credentials.kubeconfig("scheduler")}`,
    "--leader-elect=false",
    // At times it misses that a pod's claim has got its volume, and by default looks again only after five minutes.
    "--pod-max-in-unschedulable-pods-duration=5s",
  ]);
  await startDns(box, binaries);
}

async function startDns(box: Box, binaries: Binaries): Promise<void> {
  const file = join(root, "Corefile");
  await writeFile(file, COREFILE);
  await box.start("dns", [binaries.coredns, "-conf", file]);
}

/** Short times to live: tests make and remove pods faster than people do. */
const COREFILE = `.:53 {
  bind ${addresses.controlPlane}
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${credentials.kubeconfig("dns")} testbed
    pods insecure
    ttl 2
  }
  cache 2
}
`;
