import { createHash, scryptSync } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { InvalidArgument, validated } from "../../validation/arguments";
import type { AdminSecretArgs } from "../credentials/admin-secret";
import type { CouchDbCredentialsArgs } from "../credentials/args";
import { CouchDbCredentials } from "../credentials/couchdb-credentials";
import { hashingFor } from "../credentials/hashing";
import type { CouchDbClusterArgs } from "./args";
import { authorizationFile } from "./container";
import { type Ini, merged, renderIni } from "./ini";
import { objectNames } from "./names";
import { credentialsFile } from "./pods";
import { imageVersion, secretNameProblem, usernameProblem } from "./validate";

/** The credentials of a cluster: the user's own as far as given, the rest made. */
export function credentialsOf(
  name: string,
  args: CouchDbClusterArgs,
  image: pulumi.Output<string>,
  namespace: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): CouchDbCredentials {
  const given: CouchDbCredentialsArgs = args.adminSecret
    ? { ...args.credentials, ...fromSecret(name, args.adminSecret, namespace, opts) }
    : (args.credentials ?? {});
  const hashFunction = given.hashFunction ?? image.apply((tag) => hashingOf(tag).hashFunction);
  const iterations = given.iterations ?? image.apply((tag) => hashingOf(tag).iterations);
  const username = given.adminUser && validated("credentials.adminUser", given.adminUser, usernameProblem);
  return new CouchDbCredentials(name, { ...given, adminUser: username, hashFunction, iterations }, opts);
}

/** By the image's tag; an image that does not tell is taken for a new one. */
function hashingOf(image: string): ReturnType<typeof hashingFor> {
  return hashingFor(imageVersion(image) ?? "3.5.0");
}

/** Name and password as they stand in an existing Secret. */
function fromSecret(
  name: string,
  secret: AdminSecretArgs,
  namespace: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): Pick<CouchDbCredentialsArgs, "adminUser" | "adminPassword"> {
  const { adminSecret, nodeSecret } = objectNames(name);
  const secretName = validated("adminSecret.name", secret.name, secretNameProblem([adminSecret, nodeSecret]));
  const id = pulumi.interpolate`${namespace}/${secretName}`;
  const { data } = kubernetes.core.v1.Secret.get(`${name}-given`, id, opts);
  const value = (key: pulumi.Input<string>, argument: string) =>
    pulumi.all([data, key, secretName]).apply(([entries, entry, from]) => {
      const encoded = entries?.[entry];
      if (encoded) return Buffer.from(encoded, "base64").toString();
      const reason = `the Secret ${from} has no key "${entry}"; add it, or name another key`;
      throw new InvalidArgument(`adminSecret.${argument}`, reason);
    });
  return {
    // Not a secret, and shown in diffs.
    adminUser: pulumi.unsecret(value(secret.usernameKey ?? "username", "usernameKey")),
    adminPassword: value(secret.passwordKey ?? "password", "passwordKey"),
  };
}

/** What a pod's Secret holds: all that a node needs, and clients must not have. */
export function nodeSecretTexts(
  admin: CouchDbCredentials,
  secretConfig: pulumi.Output<Ini>,
): Record<string, pulumi.Output<string>> {
  return {
    erlangCookie: admin.erlangCookie,
    [authorizationFile]: pulumi
      .all([admin.adminUser, admin.adminPassword])
      .apply(([user, password]) => `${Buffer.from(`${user}:${password}`).toString("base64")}\n`),
    [credentialsFile]: pulumi
      .all([admin.adminUser, admin.adminPasswordHash, admin.cookieSecret, admin.uuid, secretConfig])
      .apply(([user, hash, secret, uuid, more]) =>
        renderIni(merged(more, { admins: { [user]: hash }, chttpd_auth: { secret }, couchdb: { uuid } })),
      ),
  };
}

/**
 * Changes when nodes must be restarted to take a secret: not with the password, which is changed on the running nodes.
 * Made of what brings about new secrets, so that a preview knows it. Tells nothing of those that are given: trying out
 * what they might be takes too long.
 */
export function secretsDigest(
  name: string,
  { erlangCookie, cookieSecret, uuid, keepers }: CouchDbCredentialsArgs,
  secretConfig: pulumi.Output<Ini>,
): pulumi.Output<string> {
  const causes = pulumi.all([keepers, erlangCookie, cookieSecret, uuid, secretConfig]);
  return pulumi.unsecret(
    causes.apply(([kept, cookie, secret, id, config]) => {
      const given = [cookie, secret, id, ...(Object.keys(config).length > 0 ? [renderIni(config)] : [])];
      const none = given.every((value) => value === undefined);
      return createHash("sha256")
        .update(JSON.stringify([kept?.cookieSecret, kept?.erlangCookie]))
        .update(none ? "" : scryptSync(JSON.stringify(given), name, 32))
        .digest("hex")
        .slice(0, 32);
    }),
  );
}
