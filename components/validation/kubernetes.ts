import { choiceProblem, shown, text } from "./validators";

/** What Kubernetes takes as a label's value, and as the last part of its key. */
const labelText = /^(?=.{1,63}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** Whether it is one part of a DNS name, as a namespace is. */
export function isDnsLabel(name: string): boolean {
  return /^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name);
}

/** Whether it is a DNS name as Kubernetes takes it: in lower case. */
export function isDnsName(name: string): boolean {
  return name.length <= 253 && name.split(".").every(isDnsLabel);
}

/** The domain of a Kubernetes cluster, which is part of its pods' names. */
export function domainProblem(domain: unknown): string | undefined {
  if (typeof domain === "string" && isDnsName(domain)) return undefined;
  return `${shown(domain)} is not a valid domain; give it as cluster.local, or leave it out`;
}

/** The key of a label or annotation. */
export const keyProblem = text((key) => {
  const [name, prefix, ...more] = key.split("/").reverse();
  if (labelText.test(name!) && (prefix === undefined || isDnsName(prefix)) && more.length === 0) return undefined;
  const form = "give up to 63 letters, digits, hyphens, dots and underscores, as in app or example.org/app";
  return `"${key}" is not a valid key of a label or annotation; ${form}`;
});

/** The value of a label by which something is found, which is not empty. */
export const labelValueProblem = text((value) =>
  labelText.test(value)
    ? undefined
    : `"${value}" is not a valid label value; give up to 63 letters, digits, hyphens, dots and underscores`,
);

/** A StatefulSet's pods carry its name plus a hash of 11 characters as a label, which may have 63. */
const longestName = 52;

/** A component's name, which is that of its Kubernetes objects. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name))
    return `"${name}" can't name Kubernetes objects; use lower-case letters, digits and hyphens, beginning with a letter`;
  if (name.length > longestName) return `"${name}" is longer than ${longestName} characters; shorten it`;
  return undefined;
}

/** When an image is pulled. */
export const imagePullPolicyProblem = choiceProblem({ always: "Always", ifNotPresent: "IfNotPresent", never: "Never" });
