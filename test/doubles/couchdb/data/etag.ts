import { createHash } from "node:crypto";

/** An ETag made from content, in the letters CouchDB uses: an MD5 in base 36. */
export function etagOf(...content: string[]): string {
  const digest = createHash("md5").update(content.join("\n")).digest("hex");
  return `"${BigInt(`0x${digest}`).toString(36).toUpperCase()}"`;
}
