import { crc32 } from "node:zlib";
import { HttpError } from "../node-context";

/** A 500 as CouchDB gives it for what it did not foresee: mostly with a reference made from the place in the code. */
export function internalError(error: string, reason: string, withReference = true): HttpError {
  return new HttpError(500, error, reason, withReference ? { ref: crc32(`${error}/${reason}`) } : {});
}

/** 404 for a database without shard map. */
export function noDatabase(): HttpError {
  return new HttpError(404, "not_found", "Database does not exist.");
}
