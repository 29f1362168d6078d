import * as pulumi from "@pulumi/pulumi";
import type { HandlerName } from "./index";
import { shim } from "./shim";

/** How a kind of dynamic resource is declared to Pulumi. */
export interface DynamicResourceKind {
  /** Its handler. */
  handler: HandlerName;
  /** Last part of its type token: `Membership` makes `pulumi-nodejs:dynamic/couch:Membership`. */
  type: string;
  /** Outputs that only the handler knows; the arguments are outputs besides. */
  outputs: readonly string[];
  /** Those arguments and outputs that state must hold encrypted and displays must mask. */
  secrets: readonly string[];
}

/** A resource that a handler of this package makes, changes and removes. */
export abstract class DynamicResource extends pulumi.dynamic.Resource {
  constructor(kind: DynamicResourceKind, name: string, args: object, opts?: pulumi.CustomResourceOptions) {
    const outputs = Object.fromEntries(kind.outputs.map((output) => [output, undefined]));
    const secrets = Object.fromEntries(
      Object.entries(args)
        .filter(([key, value]) => kind.secrets.includes(key) && value !== undefined)
        .map(([key, value]) => [key, pulumi.secret(value)]),
    );
    super(
      providerOf(kind.handler),
      name,
      { ...outputs, ...args, ...secrets },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: [...kind.secrets] }),
      "couch",
      kind.type,
    );
  }
}

/** One for all resources of a kind: Pulumi serialises each provider object once, and that takes a while. */
const providers = new Map<HandlerName, pulumi.dynamic.ResourceProvider>();

function providerOf(handler: HandlerName): pulumi.dynamic.ResourceProvider {
  const provider = providers.get(handler) ?? shim(handler);
  providers.set(handler, provider);
  return provider;
}
