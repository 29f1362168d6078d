import type * as pulumi from "@pulumi/pulumi";

/** An existing Secret with the administrator's name and password. */
export interface AdminSecretArgs {
  /** Its name. */
  name: pulumi.Input<string>;
  /** Key of the administrator's name. Default: `username`. */
  usernameKey?: pulumi.Input<string>;
  /** Key of the password. Default: `password`. */
  passwordKey?: pulumi.Input<string>;
}
