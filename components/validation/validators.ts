import { X509Certificate } from "node:crypto";
import { levelOf, levels } from "../runtime/log";

/** Validates one known value: what is wrong and what to do, or nothing. Pure; handlers and components use the same. */
export type Validator<T = unknown> = (value: T) => string | undefined;

/** How an error repeats a value: a text in quotes, as it may look like the number that was meant. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : `${value}`;
}

/** A text that is not empty. */
export function textProblem(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? undefined : "it is missing or empty; give a text";
}

/** A text that is not empty and passes another validator. */
export function text(problemOf: Validator<string>): Validator {
  return (value) => textProblem(value) ?? problemOf(value as string);
}

/** A list of texts, which may be empty. */
export function textsProblem(value: unknown): string | undefined {
  const valid = Array.isArray(value) && value.every((item) => typeof item === "string");
  return valid ? undefined : "give a list of texts";
}

/** Whether a value is a whole number within limits. */
export function isIntegerIn(value: unknown, least: number, most = Number.POSITIVE_INFINITY): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** A whole number within limits. */
export function integerProblem(least: number, most: number): Validator {
  return (value) => {
    if (isIntegerIn(value, least, most)) return undefined;
    // Anything but a number is not repeated: it may be a secret that got into the wrong place.
    return `${typeof value === "number" ? value : "it"} is not a whole number from ${least} to ${most}`;
  };
}

/** Seconds until something must be done: a day at most. */
export const timeoutProblem = integerProblem(1, 86_400);

/** True, false or left out: the text "false" would count as true. */
export function booleanProblem(value: unknown): string | undefined {
  return value === undefined || value === null || typeof value === "boolean"
    ? undefined
    : "give true or false, not as a text";
}

/** One of the values of an enumeration. */
export function choiceProblem(choices: Readonly<Record<string, string>>): Validator {
  const allowed: unknown[] = Object.values(choices);
  return (value) => (allowed.includes(value) ? undefined : notOneOf(value, allowed));
}

/** How much a program logs. */
export function logLevelProblem(value: unknown): string | undefined {
  return typeof value === "string" && levelOf(value) ? undefined : notOneOf(value, levels);
}

function notOneOf(value: unknown, allowed: readonly unknown[]): string {
  return `${shown(value)} is not valid; it must be one of ${allowed.join(", ")}`;
}

/** A port that a program listens on. */
export function portProblem(value: unknown): string | undefined {
  return integerProblem(1, 65_535)(value) && `${shown(value)} is not a valid port; give 1 to 65535`;
}

/** The URL of an HTTP server, without anything secret. No message repeats it as a whole: it may hold a password. */
export const urlProblem = text((given) => {
  const example = "give it as http://HOST:PORT or https://HOST:PORT";
  if (!URL.canParse(given)) return `this is not a valid URL; ${example}`;
  const url = new URL(given);
  if (url.protocol !== "http:" && url.protocol !== "https:") return `${url.protocol} is not HTTP; ${example}`;
  if (url.username !== "" || url.password !== "")
    return "it holds a user or password, which would end up in plain text; leave them out and give them as arguments";
  if (url.search !== "" || url.hash !== "") return `it holds a query or fragment; ${example}`;
  return undefined;
});

/** Certificates to trust, which others may see. No message repeats them: they may be a secret by mistake. */
export const certificatesProblem = text((pem) => {
  if (pem.includes("PRIVATE KEY-----")) return "there is a private key in it; give certificates alone";
  const all = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (all.length > 0 && all.every(isCertificate)) return undefined;
  return "it is not a valid PEM certificate; give those of the authorities, not encoded in base64 again";
});

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}
