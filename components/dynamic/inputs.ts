import type * as pulumi from "@pulumi/pulumi";

/** The arguments of a resource as its handler gets them: every output resolved, every secret in plain text. */
export type ResolvedInputs<Args> = pulumi.Unwrap<Args>;
