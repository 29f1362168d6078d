import { checkOptionalText } from "../dynamic/check";
import type { CheckFailure } from "../dynamic/handler";
import { unknown } from "../dynamic/unknown";

/** What is wrong with TLS settings, as far as they are known. No message repeats them: one is a private key. */
export function checkTls(property: string, tls: unknown): CheckFailure[] {
  if (tls === undefined || tls === null || tls === unknown) return [];
  if (typeof tls !== "object" || Array.isArray(tls))
    return [{ property, reason: "give an object with ca, cert and key, each a PEM text" }];
  const { ca, cert, key } = tls as Record<string, unknown>;
  return [
    ...Object.entries({ ca, cert, key }).flatMap(([field, pem]) => checkOptionalText(`${property}.${field}`, pem)),
    ...(cert && !key ? [{ property: `${property}.key`, reason: "a client certificate needs its private key" }] : []),
  ];
}
