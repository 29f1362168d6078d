/**
 * AdmissionReview of admission.k8s.io/v1: what the API server sends, and what is answered.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
import { isObject } from "../../runtime/json";

/** What is read of a request. */
export interface ReviewRequest {
  uid: string;
  namespace: string;
  /** Name of the pod. */
  name: string;
  /** Whether nothing may be written. */
  dryRun: boolean;
  /** Whether it is about the eviction of a pod; anything else is allowed. */
  eviction: boolean;
}

/** Whether an eviction is allowed, and if not, why. */
export type Verdict = typeof allowed | Denial;

export const allowed = { allowed: true } as const;

/** The error that the client which evicts receives. */
export interface Denial {
  allowed: false;
  code: number;
  reason: string;
  message: string;
}

/** The body is not an AdmissionReview. */
export class BadReview extends Error {}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a review. A missing field counts as empty, as both are the same on this wire. A field of another type, another
 * kind and another version are rejected.
 *
 * @throws BadReview
 */
export function parseReview(text: string): ReviewRequest {
  let review: unknown;
  try {
    review = JSON.parse(text);
  } catch {
    throw new BadReview("not JSON");
  }
  if (!isObject(review)) throw new BadReview("not an AdmissionReview: no object");
  expect(review, "apiVersion", "admission.k8s.io/v1");
  expect(review, "kind", "AdmissionReview");
  const request = objectIn(review, "request");
  if (request === undefined) throw new BadReview("the AdmissionReview has no request");
  const eviction = isEviction(request);
  return {
    uid: textIn(request, "uid"),
    ...(eviction ? podOf(request) : { namespace: "", name: "" }),
    dryRun: booleanIn(request, "dryRun") || writesNothing(request),
    eviction,
  };
}

/** The answer to a request, as JSON. */
export function reviewResponse(uid: string, verdict: Verdict): string {
  const response = verdict.allowed ? { uid, allowed: true } : { uid, allowed: false, status: statusOf(verdict) };
  return JSON.stringify({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", response });
}

function statusOf({ code, reason, message }: Denial) {
  return { metadata: {}, status: "Failure", message, reason, code };
}

/** A webhook's rules may send more than evictions: the deletion of a collection, too, which names no pod. */
function isEviction(request: Json): boolean {
  const { resource } = objectIn(request, "resource") ?? {};
  const subResource = textIn(request, "subResource");
  if (!isEmptyOr(textIn(request, "operation"), "CREATE")) return false;
  // A review written by hand may have nothing else that is right.
  if ([request.kind, request.object].some((one) => isObject(one) && one.kind === "Eviction")) return true;
  // A request that names the resource has to name the subresource, too.
  return isEmptyOr(resource ?? "", "pods") && (subResource || (resource ? "" : "eviction")) === "eviction";
}

/** The Eviction and the request both name the pod; callers other than the API server may use only one of them. */
function podOf(request: Json): Pick<ReviewRequest, "namespace" | "name"> {
  const eviction = objectIn(request, "object");
  const metadata = objectIn(eviction ?? {}, "metadata") ?? {};
  const named = (field: string) => textIn(metadata, field) || textIn(request, field);
  const pod = { namespace: named("namespace"), name: named("name") };
  if (eviction === undefined && pod.name === "") throw new BadReview("the eviction names no pod");
  return pod;
}

function isEmptyOr(value: unknown, expected: string): boolean {
  return value === "" || value === expected;
}

/** `kubectl drain --dry-run=server` has it in the Eviction, and the API server does not repeat it. */
function writesNothing(request: Json): boolean {
  const { dryRun } = objectIn(objectIn(request, "object") ?? {}, "deleteOptions") ?? {};
  return Array.isArray(dryRun) && dryRun.includes("All");
}

function expect(object: Json, field: string, value: string): void {
  const found = textIn(object, field);
  if (!isEmptyOr(found, value)) throw new BadReview(`${field} must be ${value}`);
}

function textIn(object: Json, field: string): string {
  const value = object[field] ?? "";
  if (typeof value !== "string") throw new BadReview(`${field} must be a string`);
  return value;
}

function booleanIn(object: Json, field: string): boolean {
  const value = object[field] ?? false;
  if (typeof value !== "boolean") throw new BadReview(`${field} must be true or false`);
  return value;
}

function objectIn(object: Json, field: string): Json | undefined {
  const value = object[field] ?? undefined;
  if (value !== undefined && !isObject(value)) throw new BadReview(`${field} must be an object`);
  return value;
}
