import type { Deadline } from "./deadline";

/** What {@link converge} needs of a room: its own kinds of state and step. */
export interface Reconciliation<State, Step> {
  /** Looks at everything at once. */
  observe(): Promise<State>;
  /** Decides what is left to do, without I/O. An empty plan is the proof that it is done. Throws where it can't be done. */
  plan(state: State): readonly Step[];
  /** One line on how far it is and what comes next. A plan whose line is the same again has not worked yet. */
  describe(steps: readonly Step[], state: State): string;
  /** Carries out the steps of one plan side by side. The next observation shows what came of it. */
  act(steps: readonly Step[], state: State): Promise<void>;
  /** Whether there is nothing to do but to wait. Default: never. */
  isWaiting?(steps: readonly Step[]): boolean;
  /** Which errors of observing and acting are worth another round. Default: none. */
  isTransient?(error: unknown): boolean;
  /** Waits between two rounds; may end early, when there is news. Default: sleeps. */
  pause?(milliseconds: number): Promise<void>;
  /** The error that is thrown when the deadline has passed. */
  expired(left: Left<State, Step>): Error;
}

/** How far it was when the deadline passed. */
export interface Left<State, Step> {
  /** The last observation; `undefined` if none has ever succeeded. */
  state?: State;
  /** The last plan. */
  steps: readonly Step[];
  /** The last line of `describe`. */
  description?: string;
  /** The last transient error since the plan last changed. */
  error?: Error;
}

/** How long to wait between rounds. */
export interface Pauses {
  /** Milliseconds before a plan is tried again for the first time. */
  shortest: number;
  /** Milliseconds that the pause grows to while the plan stays the same. */
  longest: number;
  /** By how much it grows each time. Default: 1.5, by half. */
  growth?: number;
}

const defaultPauses: Pauses = { shortest: 50, longest: 1_000 };

/**
 * Brings something to be as declared: observe → plan → act, until the plan is empty, which is the proof. So it is
 * idempotent, and an interrupted run is resumed by the next. Returns the last observation. At least one is made, however
 * little time is left.
 *
 * @param report gets a line whenever what is to be done has changed
 */
export async function converge<State, Step>(
  room: Reconciliation<State, Step>,
  deadline: Deadline,
  report: (line: string) => void,
  { shortest, longest, growth = 1.5 }: Pauses = defaultPauses,
): Promise<State> {
  const left: Left<State, Step> = { steps: [] };
  let pause = shortest;
  const rest = async () => {
    if (deadline.remaining === 0) throw room.expired(left);
    const milliseconds = Math.min(pause, deadline.remaining);
    await (room.pause ? room.pause(milliseconds) : deadline.pause(milliseconds));
    pause = Math.min(pause * growth, longest);
  };
  /** What the work gave; `undefined` after a transient error, which is kept for the end. */
  const attempt = async <Result>(work: () => Promise<Result>): Promise<{ result: Result } | undefined> => {
    try {
      return { result: await work() };
    } catch (error) {
      if (!room.isTransient?.(error)) throw error;
      left.error = error as Error;
      return undefined;
    }
  };

  for (;;) {
    const observed = await attempt(() => room.observe());
    if (!observed) {
      await rest();
      continue;
    }
    const state = observed.result;
    left.state = state;
    left.steps = room.plan(state);
    if (left.steps.length === 0) return state;

    const description = room.describe(left.steps, state);
    const isRepeated = description === left.description;
    left.description = description;
    if (!isRepeated) {
      report(description);
      pause = shortest;
      left.error = undefined;
    }
    // A plan that comes again has not worked yet, or is one to wait.
    if (isRepeated || room.isWaiting?.(left.steps)) await rest();
    else if (deadline.remaining === 0) throw room.expired(left);
    await attempt(() => room.act(left.steps, state));
  }
}
