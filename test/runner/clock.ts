/** The variable in which `.ci/run` says how long its earlier phases took: `install=31 lint=4`. */
const VARIABLE = "PULUMI_COUCH_PHASES";

/** A part of the whole run. */
export interface Phase {
  name: string;
  seconds: number;
}

/** Measures the phases of a run. */
export class Clock {
  readonly phases: Phase[] = (process.env[VARIABLE] ?? "")
    .split(" ")
    .filter((part) => part !== "")
    .map((part) => {
      const [name, seconds] = part.split("=");
      return { name: name!, seconds: Number(seconds) };
    });

  /** Does something, and keeps how long it took. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      return await work();
    } finally {
      this.phases.push({ name, seconds: (performance.now() - begun) / 1000 });
    }
  }
}
