/** What the API server, or the way to it, said. */
export interface ApiError {
  /** HTTP status, where there was an answer. */
  status?: number;
  message: string;
}

/** The words of the API server from an error of the client library, whose own message holds headers and all. */
export function apiErrorOf(error: unknown): ApiError {
  const { code, body, message } = error as { code?: unknown; body?: unknown; message?: string };
  if (typeof code !== "number") return { message: message ?? String(error) };
  return { status: code, message: messageIn(body) ?? `it answered ${code}` };
}

function messageIn(body: unknown): string | undefined {
  try {
    const status = typeof body === "string" ? JSON.parse(body) : body;
    return typeof status?.message === "string" ? status.message : undefined;
  } catch {
    return undefined;
  }
}

/** Whether asking again later may help. */
export function isPassing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code === "number") return code === 409 || code === 429 || code >= 500;
  return ["ECONNRESET", "ETIMEDOUT", "EPIPE"].includes(String(code));
}
