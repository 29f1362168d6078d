import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { converge, type Left, type Pauses, type Reconciliation } from "../../components/reconcile/converge";
import { Deadline } from "../../components/reconcile/deadline";
import { Waker } from "../../components/reconcile/waker";

class Transient extends Error {}

/** What a round does: a plan of these steps, or an error of observing, or of carrying the plan out. */
type Round = { plan: string[] } | { observe: Error } | { plan: string[]; act: Error };

/** A room that goes through these rounds, the last one for ever, and notes what is done. */
class Room implements Reconciliation<Round, string> {
  readonly done: string[] = [];
  readonly pauses: number[] = [];
  left: Left<Round, string> | undefined;
  onPause = (_: number) => {};

  constructor(private readonly rounds: Round[]) {}

  async observe(): Promise<Round> {
    const round = this.rounds.length > 1 ? this.rounds.shift()! : this.rounds[0]!;
    if ("observe" in round) throw round.observe;
    return round;
  }

  plan(round: Round): string[] {
    return "plan" in round ? round.plan : [];
  }

  describe(steps: readonly string[]): string {
    return steps.join("+");
  }

  async act(steps: readonly string[], round: Round): Promise<void> {
    this.done.push(steps.join("+"));
    if ("act" in round) throw round.act;
  }

  isWaiting([step]: readonly string[]): boolean {
    return step === "wait";
  }

  isTransient(error: unknown): boolean {
    return error instanceof Transient;
  }

  async pause(milliseconds: number): Promise<void> {
    this.pauses.push(Math.round(milliseconds));
    this.onPause(milliseconds);
  }

  expired(left: Left<Round, string>): Error {
    this.left = left;
    return new Error(`expired: ${left.description} ${left.error?.message}`);
  }
}

interface Case {
  title: string;
  rounds: Round[];
  pauses?: Pauses;
  done: string[];
  reported: string[];
  paused: number[];
}

const done = { plan: [] };
const [a, b, wait] = [{ plan: ["a"] }, { plan: ["b"] }, { plan: ["wait"] }];
const transient = new Transient("down");

const cases: Case[] = [
  { title: "an empty plan", rounds: [done], done: [], reported: [], paused: [] },
  { title: "one step after the other", rounds: [a, b, done], done: ["a", "b"], reported: ["a", "b"], paused: [] },
  { title: "steps side by side", rounds: [{ plan: ["a", "b"] }, done], done: ["a+b"], reported: ["a+b"], paused: [] },
  {
    title: "a repeated plan backs off, and is reported once",
    rounds: [a, a, a, a, done],
    done: ["a", "a", "a", "a"],
    reported: ["a"],
    paused: [50, 75, 113],
  },
  {
    title: "another plan begins with the shortest pause again",
    rounds: [a, a, a, b, b, done],
    done: ["a", "a", "a", "b", "b"],
    reported: ["a", "b"],
    paused: [50, 75, 50],
  },
  {
    title: "pauses grow to the longest, by what is given",
    rounds: [a, a, a, a, a, done],
    pauses: { shortest: 10, longest: 30, growth: 2 },
    done: ["a", "a", "a", "a", "a"],
    reported: ["a"],
    paused: [10, 20, 30, 30],
  },
  {
    title: "a plan to wait pauses first",
    rounds: [wait, wait, done],
    done: ["wait", "wait"],
    reported: ["wait"],
    paused: [50, 75],
  },
  {
    title: "a transient error of observing is another round",
    rounds: [{ observe: transient }, { observe: transient }, a, done],
    done: ["a"],
    reported: ["a"],
    paused: [50, 75],
  },
  {
    title: "a transient error of acting is left to the next observation",
    rounds: [{ plan: ["a"], act: transient }, b, done],
    done: ["a", "b"],
    reported: ["a", "b"],
    paused: [],
  },
];

describe("a run until the plan is empty", () => {
  for (const { title, rounds, pauses, ...expected } of cases)
    test(title, async () => {
      const room = new Room([...rounds]);
      const reported: string[] = [];
      const last = await converge(room, new Deadline(60), (line) => reported.push(line), pauses);
      assert.deepEqual(last, done);
      assert.deepEqual({ done: room.done, reported, paused: room.pauses }, expected);
    });
});

for (const [what, rounds] of [
  ["observing", [a, { observe: new Error("forbidden") }]],
  ["acting", [{ plan: ["a"], act: new Error("forbidden") }]],
] as [string, Round[]][])
  test(`a permanent error of ${what} ends it as it is`, async () => {
    await assert.rejects(
      converge(new Room([...rounds]), new Deadline(60), () => {}),
      /^Error: forbidden$/,
    );
  });

test("an error of planning ends it, whatever is transient", async () => {
  const room = new Room([a]);
  room.plan = () => {
    throw new Transient("can't be done");
  };
  await assert.rejects(
    converge(room, new Deadline(60), () => {}),
    /can't be done/,
  );
});

describe("when the deadline has passed", () => {
  test("the last plan and the last transient error since it changed are known", async () => {
    const room = new Room([{ observe: new Transient("old") }, { plan: ["a"], act: transient }, a]);
    const deadline = new Deadline(60);
    room.onPause = () => {
      if (room.pauses.length === 3) deadline.cancel();
    };
    await assert.rejects(
      converge(room, deadline, () => {}),
      /expired: a down/,
    );
    assert.deepEqual(room.left!.steps, ["a"]);
    assert.deepEqual(room.left!.state, a);
  });

  test("an error of a plan that has changed since is forgotten", async () => {
    const room = new Room([{ plan: ["a"], act: transient }, b]);
    const deadline = new Deadline(60);
    room.onPause = () => deadline.cancel();
    await assert.rejects(
      converge(room, deadline, () => {}),
      /expired: b undefined/,
    );
  });

  test("one observation is made, and nothing is begun", async () => {
    const room = new Room([a]);
    await assert.rejects(
      converge(room, new Deadline(0), () => {}),
      /expired: a/,
    );
    assert.deepEqual(room.done, []);
    assert.deepEqual(await converge(new Room([done]), new Deadline(0), () => {}), done);
  });

  test("nothing was ever seen", async () => {
    const room = new Room([{ observe: transient }]);
    await assert.rejects(
      converge(room, new Deadline(0), () => {}),
      /expired: undefined down/,
    );
    assert.equal(room.left!.state, undefined);
  });

  test("pauses don't go past it", async () => {
    const room = new Room([wait, done]);
    await converge(room, new Deadline(0.02), () => {});
    assert.ok(room.pauses[0]! <= 20, `${room.pauses[0]} ms`);
  });
});

test("without a pause of its own, a room is looked at again after a sleep", async () => {
  const room = Object.assign(new Room([wait, done]), { pause: undefined });
  const begun = performance.now();
  await converge(room, new Deadline(60), () => {});
  assert.ok(performance.now() - begun >= 45);
});

test("news ends a pause early, also news that came before it", async () => {
  const waker = new Waker();
  const room = new Room([wait, wait, done]);
  room.pause = (milliseconds) => waker.pause(milliseconds * 1000);
  const begun = performance.now();
  waker.wake();
  setTimeout(() => waker.wake(), 20);
  await converge(room, new Deadline(60), () => {}, { shortest: 50, longest: 50 });
  assert.ok(performance.now() - begun < 20_000);
});
