import type * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link ServerCertificate}. */
export interface ServerCertificateArgs {
  /** DNS names of the server, at least one. */
  dnsNames: pulumi.Input<pulumi.Input<string>[]>;
  /** Days that a certificate is valid, 1 to 730. Default: 365. */
  validityDays?: pulumi.Input<number>;
  /** Days before its end from which on an `up` makes a new one. Default: a third of the validity. */
  renewBeforeDays?: pulumi.Input<number>;
  /** Any text; when it changes, the next `up` makes a new certificate. Default: none. */
  keeper?: pulumi.Input<string>;
}
