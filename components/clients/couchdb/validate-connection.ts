import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import { type FieldValidator, listOf, objectOf, required } from "../../validation/fields";
import { text, textProblem, urlProblem, type Validator } from "../../validation/validators";
import { podUrlProblem } from "../kubernetes/access";
import { validateKubernetesAccess } from "../kubernetes/validate-access";
import { validateTls } from "./validate-tls";

const incomplete = "give the connection of a CouchDbMembership, or urls, adminUser and adminPassword";

/** Validates the argument `connection`, which every resource that lives in a cluster has. */
export const validateConnection: FieldValidator = (property, connection): CheckFailure[] => {
  if (connection === unknown) return [];
  const { urls, adminUser, adminPassword, kubernetes } = (connection ?? {}) as Record<string, unknown>;
  const hasUrls = urls === unknown || (Array.isArray(urls) && urls.length > 0);
  if (!hasUrls || [adminUser, adminPassword].some(textProblem)) return [{ property, reason: incomplete }];
  const validate = objectOf({
    urls: listOf(required(nodeUrlProblem(kubernetes)), incomplete),
    adminUser: required(adminUserProblem),
    adminPassword: required(),
    tls: validateTls,
    kubernetes: validateKubernetesAccess,
  });
  return validate(property, connection);
};

/** Validates the name of an administrator who logs in. */
export const adminUserProblem = text((user) =>
  user.includes(":") ? "a user name can't contain a colon; choose another" : undefined,
);

/** Validates the URL of a node; with `kubernetes`, it must be that of a pod. */
export function nodeUrlProblem(kubernetes: unknown): Validator {
  const arePods = kubernetes !== undefined && kubernetes !== null;
  return (url) => urlProblem(url) ?? (arePods ? podUrlProblem(url as string) : undefined);
}
