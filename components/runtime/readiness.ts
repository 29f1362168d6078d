import { type ApiServer, isUsable } from "./api-server";

/** For how many milliseconds an answer of the API server proves that it can be reached. */
const freshness = 1_000;

/** Milliseconds after which a silent API server counts as unreachable; less than a probe waits. */
const timeout = 1_500;

/** Knows whether the API server can be reached. Requests its `/readyz` at most once a second, however many ask. */
export class Readiness {
  private checking: Promise<boolean> | undefined;

  constructor(private readonly api: Pick<ApiServer, "request" | "answeredAt">) {}

  /** Whether the API server can be reached and accepts our token. */
  async check(): Promise<boolean> {
    if (performance.now() - this.api.answeredAt < freshness) return true;
    this.checking ??= this.checkNow().finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  private async checkNow(): Promise<boolean> {
    const request = { method: "GET", path: "/readyz", deadline: performance.now() + timeout } as const;
    return this.api.request(request).then(
      ({ status }) => isUsable(status),
      () => false,
    );
  }
}
