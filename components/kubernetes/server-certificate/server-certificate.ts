import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CertificateInputs, CertificateOutputs } from "./inputs";

/** Arguments of {@link ServerCertificate}. */
export interface ServerCertificateArgs {
  /** DNS names by which clients call the server, at least one. */
  dnsNames: pulumi.Input<pulumi.Input<string>[]>;
  /** Days that a certificate is valid, 1 to 730. Default: 365. */
  validityDays?: pulumi.Input<number>;
  /** Days before its end from which an `up` makes a new one, 0 or more, less than `validityDays`. Default: a third of the validity. */
  renewBeforeDays?: pulumi.Input<number>;
  /** Texts of your choice: a change of any makes a new certificate at the next `up`. Default: none. */
  keepers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A server's certificate, signed by an authority of its own, for clients that get a list of authorities to trust. The
 * first `up` when the certificate is due makes a new one; a preview shows it. An authority that clients trust already
 * signs it, and clients still trust the one before: server and clients need not change at the same moment.
 *
 * State holds two private keys, as secrets: the server's, and that of the authority which will sign the next
 * certificate. An authority's key is dropped once it has signed.
 */
export class ServerCertificate extends DynamicResource<CertificateInputs, CertificateOutputs> {
  /** The server's certificate. PEM. */
  declare readonly certificate: pulumi.Output<string>;
  /** The server's private key. PEM. A secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** When the certificate ends. ISO 8601. */
  declare readonly expires: pulumi.Output<string>;
  /** The authorities for clients to trust: of the previous certificate, of this one and of the next. PEM. */
  declare readonly caBundle: pulumi.Output<string>;

  constructor(name: string, args: ServerCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    const open = ["certificate", "expires", "caBundle", "authority", "nextAuthority"] as const;
    const secrets = ["privateKey", "nextAuthorityKey"] as const;
    super(
      { handler: "serverCertificate", type: "ServerCertificate", outputs: [...open, ...secrets], secrets },
      name,
      args,
      opts,
    );
  }
}
