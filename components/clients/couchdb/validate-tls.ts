import { type FieldValidator, ifGiven, objectOf, optional } from "../../validation/fields";

const validateShape = ifGiven(objectOf({ ca: optional(), cert: optional(), key: optional() }, ", each a PEM text"));

/** Validates TLS settings, which may be left out. No message repeats them: one is a private key. */
export const validateTls: FieldValidator = (property, tls) => {
  const { cert, key } = (tls ?? {}) as Record<string, unknown>;
  return [
    ...validateShape(property, tls),
    ...(cert && !key ? [{ property: `${property}.key`, reason: "a client certificate needs its private key" }] : []),
    ...(key && !cert ? [{ property: `${property}.cert`, reason: "a private key needs its certificate" }] : []),
  ];
};
