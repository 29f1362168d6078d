import type { Cluster } from "../apply";
import { isAnnotatedTrue, type JsonObject } from "../objects";

/** An object that was applied and is to be waited for. */
export interface Awaited {
  cluster: Cluster;
  inputs: JsonObject;
  applied: JsonObject;
  timeoutSeconds: number;
  signal: AbortSignal;
  /** Shows in the engine's display what is waited for. */
  say(message: string): void;
}

/** Waits until the object is ready, as far as its kind can be. @throws AwaitError where it does not become so. */
export async function awaitReady(awaited: Awaited): Promise<void> {
  if (isAnnotatedTrue(awaited.inputs, "pulumi.com/skipAwait")) return;
}
