import type * as pulumi from "@pulumi/pulumi";

/**
 * The arguments of a resource as its handler gets them: every output resolved, every secret in plain text. At preview,
 * `unknown` is in place of what is not known yet.
 */
export type ResolvedInputs<Args> = pulumi.Unwrap<Args>;
