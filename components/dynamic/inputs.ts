import type * as pulumi from "@pulumi/pulumi";

/**
 * The arguments of a resource as its handler gets them: every output resolved, every secret in plain text. At preview,
 * `unknown` is in place of what is not known yet. As `pulumi.Unwrap`, but arrays stay arrays, which Pulumi's schemas need.
 */
export type ResolvedInputs<Args> =
  Args extends Promise<infer Value>
    ? ResolvedInputs<Value>
    : Args extends pulumi.OutputInstance<infer Value>
      ? ResolvedInputs<Value>
      : Args extends readonly (infer Item)[]
        ? ResolvedInputs<Item>[]
        : Args extends object
          ? { [Field in keyof Args]: ResolvedInputs<Args[Field]> }
          : Args;
