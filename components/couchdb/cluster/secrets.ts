import { createHash, scryptSync } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ObjectMetadata, replaceable } from "../../kubernetes/metadata";
import { secretData } from "../../kubernetes/secret-data";
import { derived, InvalidArgument, validated } from "../../validation/arguments";
import type { AdminSecretArgs } from "../credentials/admin-secret";
import type { CouchDbCredentialsArgs } from "../credentials/args";
import { CouchDbCredentials } from "../credentials/couchdb-credentials";
import { hashingFor } from "../credentials/hashing";
import type { CouchDbClusterArgs } from "./args";
import { authorizationFile } from "./container";
import { type Ini, merged, renderIni } from "./ini";
import { objectNames } from "./names";
import { credentialsFile } from "./pods";
import type { Settings } from "./settings";
import { imageVersion, secretNameProblem, usernameProblem } from "./validate";

/** The credentials of a cluster: as far as given, the user's own; the rest is generated. */
export function credentialsOf(
  name: string,
  args: CouchDbClusterArgs,
  image: pulumi.Input<string>,
  namespace: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): CouchDbCredentials {
  const given: CouchDbCredentialsArgs = args.adminSecret
    ? { ...args.credentials, ...fromSecret(name, args.adminSecret, namespace, opts) }
    : (args.credentials ?? {});
  const hashFunction = given.hashFunction ?? derived(image, (tag) => hashingOf(tag).hashFunction);
  const iterations = given.iterations ?? derived(image, (tag) => hashingOf(tag).iterations);
  const adminUser = given.adminUser && validated("credentials.adminUser", given.adminUser, usernameProblem);
  return new CouchDbCredentials(name, { ...given, adminUser, hashFunction, iterations }, opts);
}

/** By the image's tag. An image without a version in its tag counts as new. */
function hashingOf(image: string): ReturnType<typeof hashingFor> {
  return hashingFor(imageVersion(image) ?? "3.5.0");
}

/** Name and password from an existing Secret. */
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
      const reason = `the Secret ${from} has no key "${entry}"; add it, or give another key`;
      throw new InvalidArgument(`adminSecret.${argument}`, reason);
    });
  return {
    // Not a secret, and shown in diffs.
    adminUser: pulumi.unsecret(value(secret.usernameKey ?? "username", "usernameKey")),
    adminPassword: value(secret.passwordKey ?? "password", "passwordKey"),
  };
}

/** The Secret of the nodes: what a node needs and clients must not have. */
function nodeSecretTexts(
  admin: CouchDbCredentials,
  secretConfig: pulumi.Input<Ini>,
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

/** Declares the Secret for clients and that of the nodes. */
export function declareSecrets(
  { names, secretConfig }: Settings,
  admin: CouchDbCredentials,
  metadata: ObjectMetadata,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.Secret[] {
  // Pulumi replaces a Secret whose content changes, and then whatever takes its name as an output: so pods get the name as
  // a text, and wait for the Secret by `dependsOn`.
  const declare = (name: string, texts: Record<string, pulumi.Input<string>>) =>
    new kubernetes.core.v1.Secret(
      name,
      { metadata: metadata.of(name), data: secretData(texts) },
      { ...opts, ...replaceable },
    );
  return [
    declare(names.adminSecret, { username: admin.adminUser, password: admin.adminPassword }),
    declare(names.nodeSecret, nodeSecretTexts(admin, secretConfig)),
  ];
}

/**
 * Changes when nodes must restart to take a new secret; not with the password, which changes on the running nodes. Made
 * of what causes new secrets, so that a preview knows it. Reveals nothing of given secrets: guessing them by the slow hash
 * takes too long.
 */
export function secretsDigest(
  name: string,
  { erlangCookie, cookieSecret, uuid, keepers }: CouchDbCredentialsArgs,
  secretConfig: pulumi.Input<Ini>,
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
