import { createHash } from "node:crypto";
import { HttpError } from "../node-context";
import { encodeTerm, type Term, Tuple } from "./erlang-term";
import type { JsonObject } from "./json";

/** A file of a document. */
export interface Attachment {
  name: string;
  contentType: string;
  /** MD5 of the data, base64. */
  digest: string;
  length: number;
  /** Generation in which it came. */
  revpos: number;
  /** base64; absent where the file is that of the parent revision (a stub). */
  data?: string;
}

/** Generation and hash of `N-hash`; 400 as recorded for anything else. */
export function parseRevision(rev: unknown): { generation: number; hash: string } {
  const match = typeof rev === "string" ? /^(\d+)-(.+)$/.exec(rev) : null;
  if (!match) throw new HttpError(400, "bad_request", "Invalid rev format");
  return { generation: Number(match[1]), hash: match[2] as string };
}

/** Orders revisions as CouchDB does when it picks a winner: by generation, then by hash. */
export function compareRevisions(a: string, b: string): number {
  const left = parseRevision(a);
  const right = parseRevision(b);
  return left.generation - right.generation || (left.hash < right.hash ? -1 : left.hash > right.hash ? 1 : 0);
}

/** The revision CouchDB gives to an edit: a hash of the content and the parent, so the same on every node. */
export function nextRevision(
  parent: string | undefined,
  edit: { deleted: boolean; body: JsonObject; attachments: Attachment[] },
): string {
  const { generation, hash } = parent ? parseRevision(parent) : { generation: 0, hash: undefined };
  const parentHash: Term = hash === undefined ? 0 : /^[0-9a-f]{32}$/.test(hash) ? Buffer.from(hash, "hex") : hash;
  const attachments = edit.attachments.map(
    ({ name, contentType, digest }) => new Tuple(name, contentType, Buffer.from(digest, "base64")),
  );
  const content = encodeTerm([edit.deleted, generation, parentHash, edit.body, attachments]);
  return `${generation + 1}-${createHash("md5").update(content).digest("hex")}`;
}
