import type { Log } from "../../../runtime/log";
import { join } from "../../join/join";
import { JoinFailed, type JoinOptions } from "../../join/options";
import { PlanRejected } from "../../join/rejections";

/**
 * Seconds for one join. Longer than CouchDB's own rounds of connecting again (46 s at most), as the record of a member that
 * can't be connected to in this time is removed again.
 */
const joinSeconds = 90;

/** Milliseconds after a join that failed, before the next. */
const retryPause = 10_000;

/** What a join in the background is asked for. */
export type BackgroundJoinOptions = Pick<
  JoinOptions,
  "connection" | "formerMembers" | "tolerated" | "absent" | "systemDatabases" | "bindAddress"
>;

/** Which nodes a join is for, and who logs in. */
type JoinTarget = Pick<JoinOptions["connection"], "urls" | "adminUser" | "adminPassword">;

function textOf({ urls, adminUser, adminPassword }: JoinTarget): string {
  return JSON.stringify([urls, adminUser, adminPassword]);
}

/** Joins nodes while rounds go on, one run at a time. */
export class BackgroundJoin {
  private running: { target: string; abort: AbortController } | undefined;
  private retryAt = 0;
  private stopped = false;
  private acting: Promise<unknown> = Promise.resolve();

  /**
   * @param once logs what is not logged already
   * @param ended called after each run
   */
  constructor(
    private readonly log: Log,
    private readonly once: Log,
    private readonly ended: () => void,
  ) {}

  /** Whether none can be started now, as one runs or the last has only just failed. */
  get isBusy(): boolean {
    return this.running !== undefined || performance.now() < this.retryAt;
  }

  /** Whether one runs. */
  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Ends one that is for other nodes than these, or logs in otherwise. */
  endUnlessFor(target: JoinTarget): void {
    if (this.running && this.running.target !== textOf(target)) this.running.abort.abort();
  }

  /** Starts one, unless it is busy. */
  start(options: BackgroundJoinOptions, proved: () => void): void {
    if (this.isBusy || this.stopped) return;
    const abort = new AbortController();
    this.running = { target: textOf(options.connection), abort };
    void join({
      ...options,
      names: {},
      timeoutSeconds: joinSeconds,
      report: (line) => this.log("info", line),
      acting: (steps) => {
        this.acting = steps;
      },
      signal: abort.signal,
    })
      .then(
        ({ length }) => {
          if (options.absent?.length)
            return this.log("info", "those that are there are members; the others are waited for");
          proved();
          this.log("info", `all ${length} nodes are one finished cluster, on every node's own word`);
        },
        (error: Error) => {
          if (abort.signal.aborted) return;
          this.retryAt = performance.now() + retryPause;
          const isPermanent = error instanceof JoinFailed && error.cause instanceof PlanRejected;
          this.once(isPermanent ? "error" : "warning", error.message);
        },
      )
      .finally(() => {
        this.running = undefined;
        this.ended();
      });
  }

  /** Ends it; a step that is under way may end first. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.running?.abort.abort();
    await this.acting.catch(() => {});
  }
}
