import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { CheckFailure } from "../dynamic/handler";
import { levelOf, levels } from "../runtime/log";
import { type Validator, validateOptionalBoolean, validateText } from "./fields";

/** An argument that can't be. Pulumi shows it without a stack trace, a component provider at its property. */
export class InvalidArgument extends pulumi.InputPropertyError {
  /** By this mark Pulumi knows errors that are the user's to mend. */
  readonly __pulumiRunError = true;

  constructor(propertyPath: string, reason: string) {
    super({ propertyPath, reason });
    this.message = `${propertyPath}: ${reason}`;
  }
}

/** Throws a {@link InvalidArgument} if there is a reason to. */
export function assertValid(propertyPath: string, reason: string | undefined): void {
  if (reason) throw new InvalidArgument(propertyPath, reason);
}

/**
 * The argument, judged as soon as it is known: at once if it is plain, all of it, else when it resolves, which for most
 * is at preview too.
 */
export function validated<T>(property: string, value: pulumi.Input<T>, judge: Validator<T>): pulumi.Output<T> {
  const pass = (known: T): T => {
    assertValid(property, judge(known));
    return known;
  };
  if (isPlain(value)) pass(value as T);
  return pulumi.output(value).apply((known) => pass(known as T)) as pulumi.Output<T>;
}

/** The same of an argument that may be left out. */
export function validatedIfGiven<T>(
  property: string,
  value: pulumi.Input<T> | undefined,
  judge: Validator<T>,
): pulumi.Output<T> | undefined {
  return value === undefined || value === null ? undefined : validated(property, value, judge);
}

function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}

/** Judges a component's argument as resources judge theirs. */
function as(check: (property: string, value: unknown) => CheckFailure[]): Validator<unknown> {
  return (value) => check("", value)[0]?.reason;
}

/** Judges an argument that must be a text, and not an empty one. */
export const textProblem = as(validateText);

/** Judges an argument that must be true or false: the text "false" would count as true. */
export const booleanProblem = as(validateOptionalBoolean);

/** How a number is repeated in an error: a text that looks like one in quotes, as that is what is wrong with it. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : `${value}`;
}

/** What Kubernetes takes as a label's value, and as the last part of its key. */
const labelText = /^(?=.{1,63}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const keyPrefix = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Judges the key of a label or annotation. */
export const keyProblem = as((property, value) =>
  validateText(property, value, (key) => {
    const [name, prefix, ...more] = key.split("/").reverse();
    if (labelText.test(name!) && (prefix === undefined || keyPrefix.test(prefix)) && more.length === 0)
      return undefined;
    const form = "give up to 63 letters, digits, hyphens, dots and underscores, as in app or example.org/app";
    return `"${key}" is no key of a label or annotation; ${form}`;
  }),
);

/** Judges the value of a label that something is found by, which is not empty. */
export const labelValueProblem = as((property, value) =>
  validateText(property, value, (text) =>
    labelText.test(text)
      ? undefined
      : `"${text}" is no label's value; give up to 63 letters, digits, hyphens, dots and underscores`,
  ),
);

/** A StatefulSet's pods carry its name plus a hash of 11 characters as a label, which may have 63. */
const longestName = 52;

/** The component's name is that of its Kubernetes objects. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name))
    return `"${name}" can't name Kubernetes objects; use lower-case letters, digits and hyphens, beginning with a letter`;
  if (name.length > longestName) return `"${name}" is longer than ${longestName} characters; shorten it`;
  return undefined;
}

/** Judges how much a program is to log. */
export function logLevelProblem(given: unknown): string | undefined {
  if (typeof given === "string" && levelOf(given)) return undefined;
  return `${shown(given)} is none of ${levels.join(", ")}`;
}

/** Judges an argument that must be one of these. */
export function choiceProblem(choices: Record<string, string>): Validator<string> {
  const allowed = Object.values(choices);
  return (given) => (allowed.includes(given) ? undefined : `"${given}" is none of ${allowed.join(", ")}`);
}

/** Judges when an image is pulled. */
export const imagePullPolicyProblem = choiceProblem({ always: "Always", ifNotPresent: "IfNotPresent", never: "Never" });

/** Judges certificates to trust, which others may see. What is none is not repeated: it may be a secret. */
export const certificatesProblem = as((property, value) =>
  validateText(property, value, (pem) => {
    if (pem.includes("PRIVATE KEY-----")) return "there is a private key in it; give certificates alone";
    const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
    if (all.length > 0 && all.every(isCertificate)) return undefined;
    return "it is no PEM certificate; give those of the authorities, not in base64 once more";
  }),
);

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}
