import { isIP } from "node:net";
import { normalUrl, urlProblem } from "../../clients/couchdb/connection";
import { validateTls } from "../../clients/couchdb/validate-tls";
import { podUrlProblem } from "../../clients/kubernetes/access";
import { validateKubernetesAccess } from "../../clients/kubernetes/validate-access";
import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import {
  validateOptionalBoolean,
  validateOptionalInteger,
  validateOptionalText,
  validateText,
} from "../../validation/fields";
import type { MembershipInputs } from "./inputs";

/** What is wrong with the arguments of a `CouchDbMembership`, as far as they are known at preview. */
export function validateMembership(inputs: MembershipInputs, olds: Partial<MembershipInputs> = {}): CheckFailure[] {
  return [
    ...checkHandOver(inputs, olds),
    ...checkNodes(inputs.nodes, inputs.kubernetes !== undefined && inputs.kubernetes !== null),
    ...validateText("adminUser", inputs.adminUser, (user) =>
      user.includes(":") ? "a user name can't contain a colon; choose another" : undefined,
    ),
    ...validateText("adminPassword", inputs.adminPassword),
    ...validateOptionalInteger("timeoutSeconds", inputs.timeoutSeconds, 1, 86_400),
    ...validateOptionalText("adminPasswordHash", inputs.adminPasswordHash, hashProblem),
    ...validateTls("tls", inputs.tls),
    ...validateKubernetesAccess("kubernetes", inputs.kubernetes),
    ...checkRollout(inputs),
    ...validateOptionalBoolean("waitOnly", inputs.waitOnly),
    ...validateOptionalBoolean("globalChanges", inputs.globalChanges),
    ...validateOptionalText("bindAddress", inputs.bindAddress, bindAddressProblem),
  ];
}

/**
 * New pods are ready when the sidecar has joined their nodes, the sidecar that joins is that of the first pod, and that
 * one gets it last, when all others are ready.
 */
function checkHandOver(news: MembershipInputs, olds: Partial<MembershipInputs>): CheckFailure[] {
  const known = Array.isArray(news.nodes) && Array.isArray(olds.nodes);
  if (!known || news.waitOnly !== true || olds.waitOnly === true || news.nodes.length <= olds.nodes!.length) return [];
  const reason =
    "nodes can't be added while the sidecar takes over the joining; do one after the other, each in an `up`";
  return [{ property: "nodes", reason }];
}

function hashProblem(hash: string): string | undefined {
  if (/^-pbkdf2(:sha\d+)?-[0-9a-f]+,[^,]+,\d+$/.test(hash)) return undefined;
  return "this is not a password as CouchDB keeps it; give -pbkdf2:sha256-KEY,SALT,ITERATIONS, as CouchDbCredentials makes it";
}

function checkRollout({ rollout, kubernetes }: MembershipInputs): CheckFailure[] {
  if (rollout === undefined || rollout === null || (rollout as unknown) === unknown) return [];
  if (kubernetes === undefined || kubernetes === null)
    return [{ property: "rollout", reason: "pods can only be waited for with `kubernetes`; give that too" }];
  const { statefulSet, namespace, generation, uid } = rollout;
  return [
    ...validateText("rollout.statefulSet", statefulSet),
    ...validateText("rollout.namespace", namespace),
    ...validateOptionalInteger("rollout.generation", generation, 1, Number.MAX_SAFE_INTEGER),
    ...validateOptionalText("rollout.uid", uid),
  ];
}

function bindAddressProblem(address: string): string | undefined {
  if (!isIP(address)) return "this is not an IP address; give the one the node shall listen on, or 0.0.0.0 for all";
  if (address.startsWith("127.") || address === "::1")
    return "other nodes can't reach a node that listens on localhost only; give another address, or 0.0.0.0 for all";
  return undefined;
}

function checkNodes(nodes: unknown, arePods: boolean): CheckFailure[] {
  if (nodes === unknown) return [];
  if (!Array.isArray(nodes) || nodes.length === 0)
    return [{ property: "nodes", reason: "no nodes are declared; give at least one, as [{ url: … }]" }];
  return [
    ...nodes.flatMap((node, index) => checkNode(node, `nodes[${index}]`, arePods)),
    ...checkDistinct(nodes, "url", normalUrl),
    ...checkDistinct(nodes, "name", (name) => name),
  ];
}

function checkNode(node: unknown, at: string, isPod: boolean): CheckFailure[] {
  if (node === unknown) return [];
  const { url, name } = (node ?? {}) as { url?: unknown; name?: unknown };
  return [
    ...validateText(`${at}.url`, url, (text) => urlProblem(text) ?? (isPod ? podUrlProblem(text) : undefined)),
    ...validateOptionalText(`${at}.name`, name, (text) =>
      /^[^@\s]+@[^@\s]+$/.test(text)
        ? undefined
        : "this is not an Erlang node name; give it as the node knows itself, as couchdb@HOST, or leave it out",
    ),
  ];
}

function checkDistinct(nodes: unknown[], key: "url" | "name", normal: (text: string) => string): CheckFailure[] {
  const first = new Map<string, number>();
  return nodes.flatMap((node, index) => {
    const value = (node as Record<string, unknown> | null)?.[key];
    if (typeof value !== "string" || value === unknown) return [];
    const twin = first.get(normal(value));
    if (twin === undefined) {
      first.set(normal(value), index);
      return [];
    }
    return [{ property: `nodes[${index}].${key}`, reason: `nodes[${twin}] has the same ${key}; name each node once` }];
  });
}
