import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { CertificateInputs, CertificateOutputs } from "./inputs";

/** Arguments of {@link ServerCertificate}. */
export interface ServerCertificateArgs {
  /** Names by which the server is called. */
  dnsNames: pulumi.Input<pulumi.Input<string>[]>;
  /** Days that a certificate is valid, 1 to 730. Default: 365. */
  validityDays?: pulumi.Input<number>;
  /** Days before its end from which on an `up` makes a new one. Default: a third of the validity. */
  renewBeforeDays?: pulumi.Input<number>;
  /** Any text; a change of it has a new one made at the next `up`. */
  keeper?: pulumi.Input<string>;
}

/**
 * A server's certificate, signed by an authority of its own, for clients that are told whom to trust. A new one is made
 * at the first `up` when the old is due; a preview says so. It is signed by an authority that clients were told of with
 * the one before, and the one before is trusted on: nothing has to be exchanged at the same moment.
 *
 * State holds two private keys, as secrets: the server's, and that of the authority which will sign the next
 * certificate. An authority's key is forgotten once it has signed.
 */
export class ServerCertificate extends DynamicResource<CertificateInputs, CertificateOutputs> {
  /** The server's certificate. PEM. */
  declare readonly certificate: pulumi.Output<string>;
  /** The server's private key. PEM. A secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** When the certificate ends. ISO 8601. */
  declare readonly expires: pulumi.Output<string>;
  /** The authorities that clients are to trust: of the certificate before, of this one and of the next. PEM. */
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
