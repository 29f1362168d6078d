import * as pulumi from "@pulumi/pulumi";
import { shim } from "./shim";

/** How a kind of dynamic resource is declared to Pulumi. */
export interface DynamicResourceKind<Inputs extends object, Outputs extends object> {
  /** Name of its handler in the table of handlers. It is stored in state: never rename one that was released. */
  handler: string;
  /** Last part of its type token: `CouchDbMembership` makes `pulumi-nodejs:dynamic/couch:CouchDbMembership`. */
  type: string;
  /** Outputs that only the handler knows; the arguments are outputs besides. */
  outputs: readonly (keyof Outputs & string)[];
  /** Those arguments and outputs that state must hold encrypted and displays must mask. */
  secrets: readonly ((keyof Inputs | keyof Outputs) & string)[];
}

/** A resource that a handler of this package creates, updates and deletes. */
export abstract class DynamicResource<Inputs extends object, Outputs extends object> extends pulumi.dynamic.Resource {
  constructor(
    kind: DynamicResourceKind<Inputs, Outputs>,
    name: string,
    args: object,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const secretNames: readonly string[] = kind.secrets;
    const outputs = Object.fromEntries(kind.outputs.map((output) => [output, undefined]));
    const secrets = Object.fromEntries(
      Object.entries(args)
        .filter(([key, value]) => secretNames.includes(key) && value !== undefined)
        .map(([key, value]) => [key, pulumi.secret(value)]),
    );
    super(
      providerOf(kind.handler),
      name,
      { ...outputs, ...args, ...secrets },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secretNames] }),
      "couch",
      kind.type,
    );
  }
}

/** One for all resources of a kind: Pulumi serialises each provider object once, and that takes a while. */
const providers = new Map<string, pulumi.dynamic.ResourceProvider>();

function providerOf(handler: string): pulumi.dynamic.ResourceProvider {
  const provider = providers.get(handler) ?? shim(handler);
  providers.set(handler, provider);
  return provider;
}
