import assert from "node:assert/strict";
import { test } from "node:test";
import { kubernetesApi } from "../../../components/clients/kubernetes/api";
import { isTransientKubernetesError, kubernetesErrorText } from "../../../components/clients/kubernetes/api-error";
import { apiServer } from "./api-server";

test("a request that is not answered is given up, and may be sent again", async (t) => {
  const limits: number[] = [];
  t.mock.method(AbortSignal, "timeout", (milliseconds: number) => {
    limits.push(milliseconds);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    return controller.signal;
  });
  const { core } = await kubernetesApi({ kubeconfig: await apiServer(t, () => {}) });
  const error = await core.readNamespacedPod({ name: "orders-0", namespace: "shop" }).catch((error: unknown) => error);
  assert.equal(kubernetesErrorText(error), "the API server did not answer in time");
  assert.ok(isTransientKubernetesError(error));
  assert.deepEqual(limits, [10_000]);
});
