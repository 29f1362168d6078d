import { setTimeout as sleep } from "node:timers/promises";

/** How long the reason of a replacement that has failed is waited for, in milliseconds. */
const longestReason = 2_000;

/** The replacement of the nodes' pods, where a join has to wait for one. */
export class PodReplacement {
  private waiting: Promise<void> | undefined;

  /** Whether it has not ended yet, or has failed. */
  get isUnderWay(): boolean {
    return this.waiting !== undefined;
  }

  /**
   * Waits for it in the background.
   *
   * @param replaced called when it has ended
   * @param failed called when it has failed
   */
  await(replacement: Promise<void>, replaced: () => void, failed: (error: Error) => void): void {
    this.waiting = replacement;
    replacement.then(() => {
      this.waiting = undefined;
      replaced();
    }, failed);
  }

  /** Why it is not complete, where it is still waited for. */
  async error(): Promise<Error | undefined> {
    if (!this.waiting) return undefined;
    const ended = this.waiting.then(
      () => undefined,
      (error: Error) => error,
    );
    return Promise.race([ended, sleep(longestReason, undefined, { ref: false })]);
  }
}
