import { isIP } from "node:net";
import { normalUrl } from "../../clients/couchdb/connection";
import { adminUserProblem, nodeUrlProblem } from "../../clients/couchdb/validate-connection";
import { validateTls } from "../../clients/couchdb/validate-tls";
import { validateKubernetesAccess } from "../../clients/kubernetes/validate-access";
import type { CheckFailure } from "../../dynamic/handler";
import { unknown } from "../../dynamic/unknown";
import {
  type FieldValidator,
  ifGiven,
  listOf,
  objectOf,
  optional,
  required,
  validateFields,
} from "../../validation/fields";
import { booleanProblem, integerProblem, text, timeoutProblem } from "../../validation/validators";
import type { MembershipInputs } from "./inputs";

/** Validates the arguments of a `CouchDbMembership`, as far as they are known at preview. */
export function validateMembership(inputs: MembershipInputs, olds: Partial<MembershipInputs> = {}): CheckFailure[] {
  return [
    ...validateHandOver(inputs, olds),
    ...validateWaiting(inputs),
    ...validateFields(inputs, {
      nodes: nodesOf(inputs.kubernetes),
      adminUser: required(adminUserProblem),
      adminPassword: required(),
      adminPasswordHash: optional(text(hashProblem)),
      tls: validateTls,
      kubernetes: validateKubernetesAccess,
      rollout: ifGiven(rolloutOf(inputs.kubernetes)),
      waitOnly: optional(booleanProblem),
      globalChanges: optional(booleanProblem),
      bindAddress: optional(text(bindAddressProblem)),
      timeoutSeconds: optional(timeoutProblem),
    }),
  ];
}

/**
 * New pods become ready when the sidecar has joined their nodes. The first pod's sidecar joins them, and that pod gets it
 * last, when all others are ready.
 */
function validateHandOver(news: MembershipInputs, olds: Partial<MembershipInputs>): CheckFailure[] {
  const known = Array.isArray(news.nodes) && Array.isArray(olds.nodes);
  if (!known || news.waitOnly !== true || olds.waitOnly === true || news.nodes.length <= olds.nodes!.length) return [];
  const reason =
    "nodes can't be added while the sidecar takes over the joining; do one after the other, each in an `up`";
  return [{ property: "nodes", reason }];
}

/** Who only waits can't have what the program that joins does not make: the update would wait for it until its deadline. */
function validateWaiting({ waitOnly, globalChanges, bindAddress }: MembershipInputs): CheckFailure[] {
  if (waitOnly !== true) return [];
  const reason = "with waitOnly another program joins the nodes, and decides this; leave it out, or leave waitOnly out";
  return [
    ...(globalChanges === true ? [{ property: "globalChanges", reason }] : []),
    ...(typeof bindAddress === "string" ? [{ property: "bindAddress", reason }] : []),
  ];
}

function hashProblem(hash: string): string | undefined {
  if (/^-pbkdf2(:sha\d+)?-[0-9a-f]+,[^,]+,\d+$/.test(hash)) return undefined;
  return "this is not a password as CouchDB keeps it; give -pbkdf2:sha256-KEY,SALT,ITERATIONS, as CouchDbCredentials makes it";
}

function rolloutOf(kubernetes: unknown): FieldValidator {
  if (kubernetes === undefined || kubernetes === null)
    return required(() => "the update can wait for pods only with `kubernetes`; give that too");
  return objectOf({
    statefulSet: required(),
    namespace: required(),
    // A preview of the StatefulSet may not have it.
    generation: optional(integerProblem(1, Number.MAX_SAFE_INTEGER)),
    uid: optional(),
  });
}

function bindAddressProblem(address: string): string | undefined {
  if (!isIP(address)) return "this is not a valid IP address; give one that nodes can listen on, or 0.0.0.0 for all";
  if (address.startsWith("127.") || address === "::1")
    return "other nodes can't reach a node that listens on localhost only; give another address, or 0.0.0.0 for all";
  return undefined;
}

function nodesOf(kubernetes: unknown): FieldValidator {
  const node = objectOf({ url: required(nodeUrlProblem(kubernetes)), name: optional(text(erlangNameProblem)) });
  const validateEach = listOf(node, "no nodes are declared; give at least one, as [{ url: … }]");
  return (property, nodes) => [
    ...validateEach(property, nodes),
    ...(Array.isArray(nodes) ? [...twins(nodes, "url", normalUrl), ...twins(nodes, "name", (name) => name)] : []),
  ];
}

function erlangNameProblem(name: string): string | undefined {
  if (/^[^@\s]+@[^@\s]+$/.test(name)) return undefined;
  return "this is not a valid Erlang node name; give the node's own, as couchdb@HOST, or leave it out";
}

/** Nodes that have the same URL or name as an earlier one. */
function twins(nodes: unknown[], key: "url" | "name", normal: (text: string) => string): CheckFailure[] {
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
