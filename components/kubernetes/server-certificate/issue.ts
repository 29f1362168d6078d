import { randomBytes } from "node:crypto";
import type { CertificateExtension, SelfsignedOptions } from "selfsigned";

/** A certificate and its private key. PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** From when to when a certificate is valid. */
export interface Validity {
  from: Date;
  to: Date;
}

/** Makes a certificate authority that can sign servers' certificates, and no authorities. */
export function makeAuthority(validity: Validity): Promise<KeyPair> {
  // Each has a name of its own, by which a client finds the one that has signed.
  return make(`pulumi-couch webhook authority ${randomBytes(8).toString("hex")}`, validity, [
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
  ]);
}

/** Makes a server's certificate. */
export function makeCertificate(dnsNames: string[], validity: Validity, authority: KeyPair): Promise<KeyPair> {
  const altNames = dnsNames.map((value) => ({ type: 2 as const, value }));
  // A common name has 64 characters at most, and clients ignore it where there are alternative names.
  const extensions: CertificateExtension[] = [
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames },
  ];
  return make("pulumi-couch webhook", validity, extensions, authority);
}

async function make(
  commonName: string,
  validity: Validity,
  extensions: CertificateExtension[],
  authority?: KeyPair,
): Promise<KeyPair> {
  const options: SelfsignedOptions = {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: validity.from,
    notAfterDate: validity.to,
    extensions,
    ...(authority && { ca: { cert: authority.certificate, key: authority.key } }),
  };
  // Loaded on use: most operations of a stack make no certificate.
  const { generate } = await import("selfsigned");
  const made = await generate([{ name: "commonName", value: commonName }], options);
  return { certificate: `${made.cert.trim()}\n`, key: made.private };
}
