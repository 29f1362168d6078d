/** The refusals of `/_cluster_setup`, which are of more kinds than one would think. */
import { HttpError } from "./node-context";

/** Something missing or of the wrong type that is not checked for; `ref` is CouchDB's number of the place. */
export const badarg = (ref: number) => new HttpError(500, "unknown_error", "badarg", { ref });

export const badRequest = (reason: string) => new HttpError(400, "bad_request", reason);

/** A check of `enable_cluster` that fails. */
export const failed = (reason: string) => new HttpError(500, "error", reason);

/** A step of `finish_cluster` that fails. */
export const setupError = (reason: string) => new HttpError(500, "setup_error", reason);
