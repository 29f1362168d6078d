import type * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link ServerCertificate}. */
export interface ServerCertificateArgs {
  /** DNS names of the server, at least one. */
  dnsNames: pulumi.Input<pulumi.Input<string>[]>;
  /** Days that a certificate is valid, 1 to 730. Default: 365. */
  validityDays?: pulumi.Input<number>;
  /**
   * Days before its end from which an `up` makes a new one, 0 or more, less than `validityDays`. Default: a third of the
   * validity.
   */
  renewBeforeDays?: pulumi.Input<number>;
  /** Texts of your choice: a change of any makes a new certificate at the next `up`. Default: none. */
  keepers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
