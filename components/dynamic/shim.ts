import type * as pulumi from "@pulumi/pulumi";
import type { HandlerName } from "./index";

/**
 * The provider of a dynamic resource, as Pulumi serialises it into state: JavaScript text. It only calls the
 * handler of the installed package, so that a new version of a handler makes no diff, and old resources are
 * refreshed and destroyed by the new code. Its text must stay as it is, in every version, and below 2 KB.
 */
export function shim(name: HandlerName): pulumi.dynamic.ResourceProvider {
  return {
    check: (olds, news) => require("pulumi-couch/dynamic").check(name, olds, news),
    diff: (id, olds, news) => require("pulumi-couch/dynamic").diff(name, id, olds, news),
    create: (inputs) => require("pulumi-couch/dynamic").create(name, inputs),
    read: (id, props) => require("pulumi-couch/dynamic").read(name, id, props),
    update: (id, olds, news) => require("pulumi-couch/dynamic").update(name, id, olds, news),
    delete: (id, props) => require("pulumi-couch/dynamic").delete(name, id, props),
  };
}
