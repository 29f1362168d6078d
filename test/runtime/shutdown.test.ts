import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type ShutdownStep, shutdownOnSignal } from "../../components/runtime/shutdown";

/** A process that only prints what would end it. */
class ProcessDouble extends EventEmitter {
  exit(code: number): void {
    this.emit("exit", code);
  }
}

/** Sends signals, and returns what is logged until the exit, which is 0. */
async function end(steps: ShutdownStep[], signals: NodeJS.Signals[] = ["SIGTERM"]): Promise<string[]> {
  const lines: string[] = [];
  const target = new ProcessDouble();
  shutdownOnSignal(steps, (level, message) => lines.push(`${level} ${message}`), target);
  const exit = once(target, "exit");
  for (const signal of signals) target.emit(signal, signal);
  assert.deepEqual(await exit, [0]);
  return lines;
}

test("the steps run one after the other, once, whatever signals come", async () => {
  const order: string[] = [];
  const step = (name: string): ShutdownStep => ({
    name,
    timeout: 60_000,
    run: async () => {
      order.push(`${name} begins`);
      await sleep(20);
      order.push(`${name} ends`);
    },
  });
  const lines = await end([step("a"), step("b")], ["SIGINT", "SIGTERM", "SIGINT"]);
  assert.deepEqual(order, ["a begins", "a ends", "b begins", "b ends"]);
  assert.deepEqual(lines, ["info ending: SIGINT"]);
});

test("a step that fails or takes too long is logged, and holds up no other", async () => {
  let last = false;
  const lines = await end([
    { name: "throw", timeout: 60_000, run: () => assert.fail("at once") },
    { name: "reject", timeout: 60_000, run: () => Promise.reject(new Error("later")) },
    { name: "hang", timeout: 50, run: () => new Promise(() => {}) },
    {
      name: "finish",
      timeout: 60_000,
      run: () => {
        last = true;
      },
    },
  ]);
  assert.ok(last);
  assert.deepEqual(lines, [
    "info ending: SIGTERM",
    "warning ending: could not throw: at once",
    "warning ending: could not reject: later",
    "warning ending: could not hang within 0.05 s",
  ]);
});
