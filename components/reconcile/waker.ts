import { setTimeout as sleep } from "node:timers/promises";

/** Pauses that news ends early. News that comes between pauses ends the next one. */
export class Waker {
  private isWoken = false;
  private end: () => void = () => {};

  /** Ends the pause. */
  wake(): void {
    this.isWoken = true;
    this.end();
  }

  /** Sleeps until it is woken, but not longer than this. */
  async pause(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.end = resolve;
    });
    if (!this.isWoken)
      await Promise.race([woken, sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
    this.isWoken = false;
  }
}
