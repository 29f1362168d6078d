import { type Json, numberAt, textAt } from "./objects";

/** What the API server answered instead of doing what it was asked; the message is its own, word for word. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: number,
    readonly reason: string,
    readonly kind: string,
  ) {
    super(message);
  }

  static of(code: number, answer: Json): ApiError {
    const message = textAt(answer, "message") || `the server answered ${code}`;
    const kind = textAt(answer, "details", "kind");
    return new ApiError(message, numberAt(answer, "code") ?? code, textAt(answer, "reason"), kind);
  }
}

/** The API server serves no such kind: its CustomResourceDefinition is not there, or no longer. */
export class NoMatchError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
  }
}

export const isNotFound = (error: unknown) => error instanceof ApiError && error.code === 404;
export const isConflict = (error: unknown) => error instanceof ApiError && error.reason === "Conflict";
export const isAlreadyThere = (error: unknown) => error instanceof ApiError && error.reason === "AlreadyExists";
export const isForbidden = (error: unknown) => error instanceof ApiError && error.code === 403;
export const isNamespaceMissing = (error: unknown) => isNotFound(error) && (error as ApiError).kind === "namespaces";
