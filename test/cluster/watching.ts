import { setTimeout as sleep } from "node:timers/promises";
import { kubernetesApi } from "../../components/clients/kubernetes/api";
import { type Orders, podLabel } from "./orders";

/** How many pods of `count` lacked or were not ready at once, at most, while something ran. */
export async function mostDown(orders: Orders, count: number, run: () => Promise<unknown>): Promise<number> {
  const { core } = await kubernetesApi({ kubeconfig: orders.api.kubeconfig });
  let most = 0;
  let over = false;
  const watch = async () => {
    while (!over) {
      const { items } = await core.listNamespacedPod({ namespace: orders.namespace, labelSelector: podLabel });
      const ready = items.filter((pod) =>
        pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
      );
      most = Math.max(most, count - ready.length);
      await sleep(150);
    }
  };
  const watching = watch();
  try {
    await run();
  } finally {
    over = true;
    await watching;
  }
  return most;
}
