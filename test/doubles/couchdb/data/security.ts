import { HttpError, type User } from "../node-context";
import { isObject, type Json, type JsonObject } from "./json";

function listed(section: Json | undefined, user: User): boolean {
  if (!isObject(section)) return false;
  const names = Array.isArray(section.names) ? section.names : [];
  const roles = Array.isArray(section.roles) ? section.roles : [];
  return (user.name !== null && names.includes(user.name)) || user.roles.some((role) => roles.includes(role));
}

function isOpen(section: Json | undefined): boolean {
  const length = (list: Json | undefined) => (Array.isArray(list) ? list.length : 0);
  return !isObject(section) || (length(section.names) === 0 && length(section.roles) === 0);
}

/** Server admins and the admins that `_security` names. */
function isDatabaseAdmin(security: JsonObject, user: User): boolean {
  return user.roles.includes("_admin") || listed(security.admins, user);
}

/** Lets members pass: 401 for an anonymous user, 403 for a known one who is not a member. */
export function requireMember(security: JsonObject, user: User): void {
  if (isDatabaseAdmin(security, user) || isOpen(security.members) || listed(security.members, user)) return;
  if (user.name === null) {
    throw new HttpError(401, "unauthorized", "You are not authorized to access this db.");
  }
  throw new HttpError(403, "forbidden", "You are not allowed to access this db.");
}

/** Lets database admins pass. */
export function requireDatabaseAdmin(security: JsonObject, user: User): void {
  if (isDatabaseAdmin(security, user)) return;
  const [status, error] = user.name === null ? ([401, "unauthorized"] as const) : ([403, "forbidden"] as const);
  throw new HttpError(status, error, "You are not a db or server admin.");
}

/** Whether a value has the shape of a security object. */
export function isSecurityObject(value: Json): value is JsonObject {
  const isNameList = (list: Json | undefined) =>
    list === undefined || (Array.isArray(list) && list.every((name) => typeof name === "string"));
  const isSection = (section: Json | undefined) =>
    section === undefined || (isObject(section) && isNameList(section.names) && isNameList(section.roles));
  return isObject(value) && isSection(value.admins) && isSection(value.members);
}
