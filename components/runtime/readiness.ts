import { type ApiServer, isOfUse } from "./api-server";

/** For how many milliseconds an answer of the API server tells that it can be reached. */
const freshness = 1_000;

/** Milliseconds after which a silent API server counts as out of reach; less than a probe waits. */
const patience = 1_500;

/** Tells whether the API server can be reached; asks it at most once a second, whoever wants to know. */
export class Readiness {
  private asking: Promise<boolean> | undefined;

  constructor(private readonly api: Pick<ApiServer, "ask" | "answered">) {}

  async check(): Promise<boolean> {
    if (performance.now() - this.api.answered < freshness) return true;
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<boolean> {
    const question = { method: "GET", path: "/readyz", deadline: performance.now() + patience } as const;
    return this.api.ask(question).then(
      ({ status }) => isOfUse(status),
      () => false,
    );
  }
}
