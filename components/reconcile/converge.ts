import type { Deadline } from "./deadline";

/** What {@link converge} needs of a room: its own kinds of state and step. */
export interface Reconciliation<State, Step> {
  /** Looks at everything at once. */
  observe(): Promise<State>;
  /** Decides what is left to do, without I/O. An empty plan is the proof that it is done. Throws where it can't be done. */
  plan(state: State): readonly Step[];
  /** One line on how far it is and what comes next. A plan whose line is the same again has not worked yet. */
  describe(steps: readonly Step[], state: State): string;
  /** Carries out the steps of one plan side by side. What comes of it shows when observed again. */
  act(steps: readonly Step[], state: State): Promise<void>;
  /** Whether there is nothing to do but to wait. Default: never. */
  isWaiting?(steps: readonly Step[]): boolean;
  /** Which errors of observing and acting are worth another round. Default: none. */
  isTransient?(error: unknown): boolean;
  /** Waits between two rounds; may end early, when there is news. Default: sleeps. */
  pause?(milliseconds: number): Promise<void>;
  /** What is thrown where the deadline has come. */
  expired(left: Left<State, Step>): Error;
}

/** How far it was when time was out. */
export interface Left<State, Step> {
  /** What was seen last; nothing where observing has never succeeded. */
  state?: State;
  steps: readonly Step[];
  /** The last line of `describe`. */
  description?: string;
  /** The last transient error since something else was tried. */
  error?: Error;
}

/** Milliseconds between rounds: from the first number, growing by half each time that the same plan comes again. */
export interface Pauses {
  shortest: number;
  longest: number;
}

const defaultPauses: Pauses = { shortest: 50, longest: 1_000 };

/**
 * Brings something to be as declared: observe → plan → act, until the plan is empty, which is at once the proof. So it
 * is idempotent, and an interrupted run is resumed by the next. Returns the last observation.
 *
 * @param report gets a line whenever what is to be done has changed
 */
export async function converge<State, Step>(
  room: Reconciliation<State, Step>,
  deadline: Deadline,
  report: (line: string) => void,
  { shortest, longest }: Pauses = defaultPauses,
): Promise<State> {
  const left: Left<State, Step> = { steps: [] };
  let pause = shortest;
  const rest = async () => {
    if (deadline.remaining === 0) throw room.expired(left);
    await (room.pause ?? ((milliseconds) => deadline.pause(milliseconds)))(Math.min(pause, deadline.remaining));
    pause = Math.min(pause * 1.5, longest);
  };
  /** Whether it succeeded; a transient error is kept for the end. */
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (!room.isTransient?.(error)) throw error;
      left.error = error as Error;
      return false;
    }
  };

  for (;;) {
    const seen = await attempt(async () => {
      left.state = await room.observe();
    });
    if (!seen) {
      await rest();
      continue;
    }
    const state = left.state as State;
    left.steps = room.plan(state);
    if (left.steps.length === 0) return state;

    const description = room.describe(left.steps, state);
    const isRepeated = description === left.description;
    left.description = description;
    if (!isRepeated) {
      report(description);
      pause = shortest;
    }
    // A plan that comes again has not worked yet, or is one to wait.
    if (isRepeated || room.isWaiting?.(left.steps)) await rest();
    else if (deadline.remaining === 0) throw room.expired(left);
    await attempt(() => room.act(left.steps, state));
  }
}
