/** The arguments of `ServerCertificate`, resolved. Their meaning is documented at the resource. */
export interface CertificateInputs {
  dnsNames: string[];
  validityDays?: number;
  renewBeforeDays?: number;
  keepers?: Record<string, string>;
}

/** What state keeps of `ServerCertificate`. */
export interface CertificateOutputs {
  dnsNames: string[];
  validityDays: number;
  renewBeforeDays?: number;
  keepers?: Record<string, string>;
  /** The server's certificate. PEM. */
  certificate: string;
  privateKey: string;
  /** End of the server's certificate. ISO 8601. */
  expires: string;
  /** All that clients are to trust. PEM. */
  caBundle: string;
  /** The authority that signed the server's certificate. PEM. Its key is not kept: it signs nothing else. */
  authority: string;
  /** The authority that will sign the next one: trusted in advance. PEM. */
  nextAuthority: string;
  nextAuthorityKey: string;
}
