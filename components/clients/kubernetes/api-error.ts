/** What the API server said to a request that failed, for an error message. */
export function kubernetesErrorText(error: unknown): string {
  const { body, message } = error as { body?: unknown; message?: string };
  const status = typeof body === "string" ? parsed(body) : body;
  const said = (status as { message?: unknown } | undefined)?.message;
  return typeof said === "string" ? said : (message ?? String(error));
}

/** Whether asking the API server again may help: it did not answer, or is busy. */
export function isPassingKubernetesError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code !== "number" || code === 429 || code >= 500;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
