/** What the API server said to a request that failed, for an error message. */
export function kubernetesErrorText(error: unknown): string {
  const { body, code, message, name } = error as { body?: unknown; code?: unknown; message?: string; name?: string };
  if (name === "AbortError") return "the API server did not answer in time";
  const status = typeof body === "string" ? parsed(body) : body;
  const said = (status as { message?: unknown } | undefined)?.message;
  if (typeof said === "string") return said;
  // The library's own message holds the whole answer, headers and all.
  return typeof code === "number" ? `it answered ${code}` : (message ?? String(error));
}

/** Whether asking the API server again may help: it did not answer, is busy, or another client was faster. */
export function isTransientKubernetesError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code !== "number" || code === 409 || code === 429 || code >= 500;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
