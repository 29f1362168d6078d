import * as pulumi from "@pulumi/pulumi";
import type { CouchDbClusterArgs } from "./args";

/** The arguments as state keeps them for the component itself: what is secret is encrypted, however it was given. */
export function withSecretsMarked(args: CouchDbClusterArgs): CouchDbClusterArgs {
  const { credentials, kubernetes } = args;
  return {
    ...args,
    ...marked(args, "secretConfig"),
    ...(kubernetes && { kubernetes: { ...kubernetes, ...marked(kubernetes, "kubeconfig") } }),
    ...(credentials && {
      credentials: { ...credentials, ...marked(credentials, "adminPassword", "erlangCookie", "cookieSecret") },
    }),
  };
}

/** The fields that are given, as secrets. */
function marked<Args extends object, Field extends keyof Args>(args: Args, ...fields: Field[]): Pick<Args, Field> {
  const given = fields.filter((field) => args[field] !== undefined && args[field] !== null);
  return Object.fromEntries(given.map((field) => [field, pulumi.secret(args[field])])) as Pick<Args, Field>;
}
