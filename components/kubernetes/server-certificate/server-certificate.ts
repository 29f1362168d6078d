import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic/resource";
import type { ServerCertificateArgs } from "./args";
import type { CertificateInputs, CertificateOutputs } from "./inputs";

/**
 * A server's certificate, signed by an authority of its own, for clients that are given the authorities to trust. The
 * first `up` after the renewal date makes a new one; a preview shows it. The authority that signs it has been trusted
 * since the certificate before, and the authority before stays trusted: nothing has to be exchanged at the same moment.
 *
 * State holds two private keys, as secrets: the server's, and that of the authority which will sign the next
 * certificate. An authority's key is deleted once it has signed.
 */
export class ServerCertificate extends DynamicResource<CertificateInputs, CertificateOutputs> {
  /** The server's certificate. PEM. */
  declare readonly certificate: pulumi.Output<string>;
  /** The server's private key. PEM. A secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** When the certificate ends. ISO 8601. */
  declare readonly expires: pulumi.Output<string>;
  /** The authorities that clients must trust: of the previous certificate, of this one and of the next. PEM. */
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
