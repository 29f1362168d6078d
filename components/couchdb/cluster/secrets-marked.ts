import * as pulumi from "@pulumi/pulumi";
import type { CouchDbClusterArgs } from "./args";

/** The arguments as state keeps them for the component itself: what is secret is encrypted, however it was given. */
export function withSecretsMarked(args: CouchDbClusterArgs): CouchDbClusterArgs {
  const { secretConfig, kubeconfig, credentials } = args;
  const { adminPassword: password, erlangCookie, cookieSecret } = credentials ?? {};
  return {
    ...args,
    ...(secretConfig && { secretConfig: pulumi.secret(secretConfig) }),
    ...(kubeconfig && { kubeconfig: pulumi.secret(kubeconfig) }),
    ...(credentials && {
      credentials: {
        ...credentials,
        ...(password && { adminPassword: pulumi.secret(password) }),
        ...(erlangCookie && { erlangCookie: pulumi.secret(erlangCookie) }),
        ...(cookieSecret && { cookieSecret: pulumi.secret(cookieSecret) }),
      },
    }),
  } as CouchDbClusterArgs;
}
