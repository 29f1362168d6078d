import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider of a dynamic resource, as Pulumi serialises it into state: JavaScript text. It only calls the
 * handler of the installed package, so that a new version of a handler makes no diff, and old resources are
 * refreshed and destroyed by the new code. Its text must stay as it is, in every version, and below 2 KB.
 *
 * @param name of the handler in the table of handlers
 */
export function shim(name: string): pulumi.dynamic.ResourceProvider {
  return {
    check: (...a) => require("pulumi-couch/dynamic").check(name, ...a),
    diff: (...a) => require("pulumi-couch/dynamic").diff(name, ...a),
    create: (...a) => require("pulumi-couch/dynamic").create(name, ...a),
    read: (...a) => require("pulumi-couch/dynamic").read(name, ...a),
    update: (...a) => require("pulumi-couch/dynamic").update(name, ...a),
    delete: (...a) => require("pulumi-couch/dynamic").delete(name, ...a),
  };
}
