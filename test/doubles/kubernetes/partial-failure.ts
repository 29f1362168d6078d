import type { JsonObject } from "./objects";

/** The object is there, but is not what it should be: Pulumi keeps it in state and tries again with the next `up`. */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    message: string,
    readonly outputs: JsonObject,
    readonly reasons: readonly string[] = [],
    readonly inputs?: JsonObject,
  ) {
    super(message);
  }
}

/** An object did not become ready; `reasons` say what is known of why. */
export class AwaitError extends Error {
  constructor(
    message: string,
    readonly reasons: readonly string[] = [],
  ) {
    super(message);
  }
}
