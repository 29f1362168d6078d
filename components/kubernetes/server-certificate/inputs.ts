import type { ResolvedInputs } from "../../dynamic/inputs";
import type { ServerCertificateArgs } from "./args";

/** The arguments of `ServerCertificate`, resolved. */
export type CertificateInputs = ResolvedInputs<ServerCertificateArgs>;

/** What state keeps of `ServerCertificate`. */
export interface CertificateOutputs extends CertificateInputs {
  validityDays: number;
  /** The server's certificate. PEM. */
  certificate: string;
  privateKey: string;
  /** End of the server's certificate. ISO 8601. */
  expires: string;
  /** All authorities that clients must trust. PEM. */
  caBundle: string;
  /** The authority that signed the server's certificate. PEM. Its key is not kept: it signs nothing more. */
  authority: string;
  /** The authority that will sign the next one: trusted in advance. PEM. */
  nextAuthority: string;
  nextAuthorityKey: string;
}
