/** AdmissionReview of admission.k8s.io/v1: what the API server asks, and how it is answered. */

/** What of a request is looked at. */
export interface ReviewRequest {
  uid: string;
  namespace: string;
  /** Name of the pod. */
  name: string;
  /** Nothing may be written. */
  dryRun: boolean;
  /** Whether it is about the eviction of a pod; anything else is none of our business. */
  eviction: boolean;
}

/** Allowed, or why not. */
export type Verdict = typeof allowed | Denial;

export const allowed = { allowed: true } as const;

/** What the one who evicts gets to see. */
export interface Denial {
  allowed: false;
  code: number;
  reason: string;
  message: string;
}

/** Not an AdmissionReview. */
export class BadReview extends Error {}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a review. What is missing counts as empty, as an empty field and a missing one are the same on this wire; what
 * has another type or says another kind or version is refused.
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

/** A webhook's rules may send more than evictions, the deletion of a whole collection too, which names no pod. */
function isEviction(request: Json): boolean {
  const { resource } = objectIn(request, "resource") ?? {};
  const subResource = textIn(request, "subResource");
  if (!isOr(textIn(request, "operation"), "CREATE")) return false;
  // Who writes a review by hand may say nothing else that is right.
  if ([request.kind, request.object].some((one) => isObject(one) && one.kind === "Eviction")) return true;
  // Only what names the resource has to name the part of it.
  return isOr(resource ?? "", "pods") && (subResource || (resource ? "" : "eviction")) === "eviction";
}

/** An Eviction names its pod as the request does; callers other than the API server may have it in one place only. */
function podOf(request: Json): Pick<ReviewRequest, "namespace" | "name"> {
  const eviction = objectIn(request, "object");
  const metadata = objectIn(eviction ?? {}, "metadata") ?? {};
  const named = (field: string) => textIn(metadata, field) || textIn(request, field);
  const pod = { namespace: named("namespace"), name: named("name") };
  if (eviction === undefined && pod.name === "") throw new BadReview("the eviction names no pod");
  return pod;
}

function isOr(value: unknown, expected: string): boolean {
  return value === "" || value === expected;
}

/** `kubectl drain --dry-run=server` says so in the Eviction, and the API server does not say it again. */
function writesNothing(request: Json): boolean {
  const { dryRun } = objectIn(objectIn(request, "object") ?? {}, "deleteOptions") ?? {};
  return Array.isArray(dryRun) && dryRun.includes("All");
}

function expect(object: Json, field: string, value: string): void {
  const found = textIn(object, field);
  if (!isOr(found, value)) throw new BadReview(`${field} must be ${value}`);
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

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
