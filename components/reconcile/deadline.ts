import { setTimeout as sleep } from "node:timers/promises";
import { backOff } from "exponential-backoff";

/** When a {@link Deadline} passed while something was still being waited for. */
export class DeadlineExceeded extends Error {
  constructor(
    readonly seconds: number,
    /** The last reason why it was not done yet. */
    override readonly cause: unknown,
  ) {
    super(`gave up after ${seconds} s: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.name = "DeadlineExceeded";
  }
}

/** What was done has not taken effect yet: always worth another look under a {@link Deadline}. */
export class NotYet extends Error {}

/**
 * The one time limit of an operation. Pulumi's `customTimeouts` never reach a dynamic provider, so each operation
 * owns its deadline and hands it to everything that waits.
 */
export class Deadline {
  private readonly end: number;
  private cancelled = false;

  constructor(readonly seconds: number) {
    this.end = performance.now() + seconds * 1000;
  }

  /** Milliseconds left, never negative. */
  get remaining(): number {
    return this.cancelled ? 0 : Math.max(0, this.end - performance.now());
  }

  /** Ends every wait under this deadline: what is being waited for can no longer come. */
  cancel(): void {
    this.cancelled = true;
  }

  /**
   * Calls `attempt` until it succeeds: at once, then after pauses that grow from 50 ms to 1 s. One attempt is always
   * made. When time is out, {@link DeadlineExceeded} is thrown.
   *
   * @param isTransient which errors are worth another attempt besides {@link NotYet}; others are thrown as they are
   */
  async retry<T>(attempt: () => Promise<T>, isTransient: (error: unknown) => boolean): Promise<T> {
    const worthRetrying = (error: unknown) => error instanceof NotYet || isTransient(error);
    try {
      return await backOff(attempt, {
        startingDelay: 50,
        timeMultiple: 1.5,
        maxDelay: 1000,
        numOfAttempts: Number.MAX_SAFE_INTEGER,
        retry: (error: unknown) => this.remaining > 0 && worthRetrying(error),
      });
    } catch (error) {
      throw worthRetrying(error) ? new DeadlineExceeded(this.seconds, error) : error;
    }
  }

  /** Sleeps, but not past the deadline. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(Math.min(milliseconds, this.remaining));
  }
}
