import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { HttpError } from "../node-context";
import type { Attachment } from "./revision";
import type { Revision } from "./revision-tree";

/** A file with its digest, which is that of the compressed data where CouchDB compresses the type. */
export function makeAttachment(name: string, contentType: string, data: Buffer, revpos = 0): Attachment {
  const compressible = /^(text\/|application\/(javascript|json|xml)\b)/.test(contentType);
  const stored = compressible ? gzipSync(data, { level: 8 }) : data;
  const digest = createHash("md5").update(stored).digest("base64");
  return { name, contentType, digest, length: data.length, revpos, data: data.toString("base64") };
}

/** Files of an edit with their data, taken from the parent revision where the edit has stubs only. */
export function withData(attachments: Attachment[], parent: Revision | undefined, generation: number): Attachment[] {
  return attachments.map((attachment) => {
    if (attachment.data !== undefined) return { ...attachment, revpos: attachment.revpos || generation };
    const inherited = parent?.attachments.find(({ name }) => name === attachment.name);
    if (!inherited) {
      throw new HttpError(412, "missing_stub", `Invalid attachment stub in ${attachment.name}`);
    }
    return inherited;
  });
}
