import type { CheckFailure } from "../../dynamic/handler";
import { validateOptionalObject, validateText } from "../../validation/fields";

/** What is wrong with TLS settings, as far as they are known. No message repeats them: one is a private key. */
export function validateTls(property: string, tls: unknown): CheckFailure[] {
  const { cert, key } = (tls ?? {}) as Record<string, unknown>;
  return [
    ...validateOptionalObject(property, tls, ["ca", "cert", "key"], validateText, ", each a PEM text"),
    ...(cert && !key ? [{ property: `${property}.key`, reason: "a client certificate needs its private key" }] : []),
  ];
}
