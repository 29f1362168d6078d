import { checkOptionalObject, checkText } from "../dynamic/check";
import type { CheckFailure } from "../dynamic/handler";

/** What is wrong with TLS settings, as far as they are known. No message repeats them: one is a private key. */
export function checkTls(property: string, tls: unknown): CheckFailure[] {
  const { cert, key } = (tls ?? {}) as Record<string, unknown>;
  return [
    ...checkOptionalObject(property, tls, ["ca", "cert", "key"], checkText, ", each a PEM text"),
    ...(cert && !key ? [{ property: `${property}.key`, reason: "a client certificate needs its private key" }] : []),
  ];
}
