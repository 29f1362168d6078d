import { type Hasher, HttpError, type PasswordHash, type User } from "../node-context";
import type { Edit } from "./document";
import { isObject, type Json, type JsonObject } from "./json";

const PREFIX = "org.couchdb.user:";

/** Replaces the password of a user document by its hash. */
export async function withHashedPassword(edit: Edit, hasher: Hasher): Promise<void> {
  const { password, ...rest } = edit.body;
  if (typeof password !== "string") return;
  const hash: PasswordHash = await hasher.hash(password);
  const fields: JsonObject = {
    password_scheme: hash.password_scheme,
    ...(hash.pbkdf2_prf === undefined ? {} : { pbkdf2_prf: hash.pbkdf2_prf }),
    salt: hash.salt,
    iterations: hash.iterations,
    derived_key: hash.derived_key,
  };
  // The fields of an older password give way.
  edit.body = { ...fields, ...Object.fromEntries(Object.entries(rest).filter(([name]) => !(name in fields))) };
}

function forbid(reason: string): never {
  throw new HttpError(403, "forbidden", reason);
}

function isStringList(value: Json | undefined): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** The rules that `_design/_auth` makes for user documents. */
export function checkUserDocument(
  document: JsonObject,
  old: JsonObject | null,
  user: User,
  security: JsonObject,
): void {
  const admins = isObject(security.admins) ? security.admins : {};
  const isAdmin =
    user.roles.includes("_admin") ||
    (isStringList(admins.names) && user.name !== null && admins.names.includes(user.name)) ||
    (isStringList(admins.roles) && admins.roles.some((role) => user.roles.includes(role)));
  if (document._deleted === true) {
    if (isAdmin || old?.name === user.name) return;
    forbid("Only admins may delete other user docs.");
  }
  if (document.type !== "user") forbid("doc.type must be user");
  if (!document.name) forbid("doc.name is required");
  if (!document.roles) forbid("doc.roles must exist");
  if (!Array.isArray(document.roles)) forbid("doc.roles must be an array");
  if (!isStringList(document.roles)) forbid("doc.roles can only contain strings");
  if (document._id !== PREFIX + String(document.name)) forbid("Doc ID must be of the form org.couchdb.user:name");
  if (old && old.name !== document.name) forbid("Usernames can not be changed.");
  if (document.password_scheme === "pbkdf2" && typeof document.iterations !== "number") {
    forbid("iterations must be a number.");
  }
  if (!isAdmin) {
    if (old && user.name !== document.name) forbid("You may only update your own user document.");
    const roles = [...document.roles].sort();
    const oldRoles = isStringList(old?.roles) ? [...old.roles].sort() : [];
    if (roles.join() !== oldRoles.join()) {
      forbid(old ? "Only _admin may edit roles" : "Only _admin may set roles");
    }
  }
  if (document.roles.some((role) => role.startsWith("_"))) {
    forbid("No system roles (starting with underscore) in users db.");
  }
  const name = String(document.name);
  if (name.startsWith("_")) forbid("Username may not start with underscore.");
  if (name.includes(":")) forbid("Character `:` is not allowed in usernames.");
}

/** The id of a user's document. */
export function userDocumentId(name: string): string {
  return PREFIX + name;
}
