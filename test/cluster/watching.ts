import { setTimeout as sleep } from "node:timers/promises";
import { kubernetesApi } from "../../components/clients/kubernetes/api";
import { type Orders, podLabel } from "./orders";
import { isReady } from "./ready";

/** How many pods of `count` lacked or were not ready at once, at most, while something ran. */
export async function mostDown(orders: Orders, count: number, run: () => Promise<unknown>): Promise<number> {
  const { core } = await kubernetesApi({ kubeconfig: orders.api.kubeconfig });
  let most = 0;
  const look = async () => {
    const { items } = await core.listNamespacedPod({ namespace: orders.namespace, labelSelector: podLabel });
    most = Math.max(most, count - items.filter(isReady).length);
  };
  await again(look, 150, run);
  return most;
}

/**
 * Does something again and again, that many milliseconds apart, while something else runs. That it fails now and then, as
 * on a busy machine, is no matter; that it fails every time is.
 */
export async function again(act: () => Promise<unknown>, everyMs: number, run: () => Promise<unknown>): Promise<void> {
  let over = false;
  let succeeded = false;
  let error: unknown;
  const acting = (async () => {
    while (!over) {
      try {
        await act();
        succeeded = true;
      } catch (reason) {
        error = reason;
      }
      await sleep(everyMs);
    }
  })();
  try {
    await run();
  } finally {
    over = true;
    await acting;
  }
  if (!succeeded) throw error;
}
