import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, get } from "../apply";
import { apiVersionOf, isAnnotatedTrue, type JsonObject, kindOf, nameOf } from "../objects";
import { AwaitError } from "../partial-failure";
import { AWAITERS, type Awaiter } from "./kinds";
import { SETTLE_SECONDS } from "./look";

/** An object that was applied and is to be waited for. */
export interface Awaited {
  cluster: Cluster;
  inputs: JsonObject;
  applied: JsonObject;
  /** What the resource's options or annotations say; undefined for the kind's default. */
  timeoutSeconds: number | undefined;
  signal: AbortSignal;
  /** Shows in the engine's display what is waited for. */
  say(message: string): void;
}

const POLL_MS = 500;

/** Waits until the object is ready, as far as its kind can be. @throws AwaitError where it does not become so. */
export async function awaitReady({ cluster, inputs, applied, timeoutSeconds, signal, say }: Awaited): Promise<void> {
  const awaiter = awaiterOf(inputs);
  if (!awaiter) return;
  const deadline = Date.now() + (timeoutSeconds ?? awaiter.timeoutSeconds) * 1000;
  let said = "";
  let settling: { text: string; since: number } | undefined;
  for (;;) {
    const look = await awaiter.look(cluster, await get(cluster, applied));
    if (look.settling === undefined) settling = undefined;
    else if (settling?.text !== look.settling) settling = { text: look.settling, since: Date.now() };
    const isSettled = !settling || Date.now() - settling.since >= SETTLE_SECONDS * 1000;
    if (look.ready && isSettled) break;
    if (look.failed) throw new AwaitError(look.failed, []);
    if (signal.aborted)
      throw new AwaitError(`Resource operation was cancelled for ${JSON.stringify(nameOf(applied))}`, look.reasons);
    if (Date.now() >= deadline) {
      // Not settled, but ready at the end, is enough.
      if (look.ready) break;
      throw new AwaitError(`'${nameOf(applied)}' timed out waiting to be Ready`, look.reasons);
    }
    if (look.status !== said) say(look.status);
    said = look.status;
    await sleep(POLL_MS);
  }
  if (said !== "") say("");
}

/** Whether a live object is ready now. @throws AwaitError where it is not. */
export async function checkReady(cluster: Cluster, inputs: JsonObject, live: JsonObject): Promise<void> {
  const awaiter = awaiterOf(inputs);
  if (!awaiter?.onRead) return;
  const look = await awaiter.look(cluster, live);
  if (!look.ready)
    throw new AwaitError(`Resource '${nameOf(live)}' was created but failed to initialize`, look.reasons);
}

function awaiterOf(inputs: JsonObject): Awaiter | undefined {
  if (isAnnotatedTrue(inputs, "pulumi.com/skipAwait")) return undefined;
  return AWAITERS[`${apiVersionOf(inputs)}/${kindOf(inputs)}`];
}
