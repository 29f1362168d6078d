import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** A resource as it was registered. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** What was registered since the last call of {@link startMocks}. */
export const registered: Registered[] = [];

/** Registers resources without an engine: their outputs are their inputs, and what an API server would add. */
export function startMocks(): void {
  registered.length = 0;
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: plain(inputs) as Record<string, unknown> });
        const metadata = { name: nameOf(name), namespace: "default", generation: 1, ...inputs.metadata };
        const state = { ...inputs, ...made[type.split(":").at(-1)!], ...(inputs.metadata && { metadata }) };
        return { id: `${name}-id`, state };
      },
      call: ({ inputs }) => inputs,
    },
    "test",
    "test",
    false,
  );
}

/** Waits until all is registered: resources that are not waited for are registered a moment later. */
export async function settled(): Promise<void> {
  for (let before = -1; before !== registered.length; await sleep(100)) before = registered.length;
}

/** The name in Kubernetes of an object that is declared without one. */
function nameOf(resource: string): string {
  return `${resource}-0123456`;
}

/** What handlers of dynamic resources would have made. */
const made: Record<string, object> = {
  CouchDbCredentials: {
    adminUser: "admin",
    adminPassword: "pw",
    adminPasswordHash: "-pbkdf2:sha256-k,s,1",
    cookieSecret: "cs",
    erlangCookie: "ec",
    uuid: "0123",
  },
  ServerCertificate: {
    certificate: "certificate",
    privateKey: "key",
    caBundle: "authorities",
    expires: "2027-06-01T00:00:00.000Z",
  },
};

/** What marks a secret on the wire. */
const secretSignature = "4dabf18193072939515e22adb298388d";

/** The same with secrets in the open. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value) return plain((value as { value?: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** The value of an output. */
export function known<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** The inputs of the one resource of that kind: the last part of its type. */
export function inputsOf<T = Record<string, unknown>>(kind: string, name?: string): T {
  return theOne(kind, name).inputs as T;
}

/** The one resource of that kind, as it would be sent to an API server. */
export function objectOf(apiVersion: string, kind: string): DeclaredObject {
  return asObject(theOne(kind), apiVersion, kind);
}

/** A Kubernetes object. */
export interface DeclaredObject extends Record<string, unknown> {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

/** All that would be sent to an API server. */
export function allObjects(): DeclaredObject[] {
  return registered.flatMap((resource) => {
    const [, apiVersion, kind] = /^kubernetes:(?:core\/)?([^:]+):(.+)$/.exec(resource.type) ?? [];
    return apiVersion && kind ? [asObject(resource, apiVersion, kind)] : [];
  });
}

function asObject({ name, inputs }: Registered, apiVersion: string, kind: string): DeclaredObject {
  return { ...inputs, apiVersion, kind, metadata: { name: nameOf(name), ...(inputs.metadata as object) } };
}

function theOne(kind: string, name?: string): Registered {
  const found = registered.filter(({ type, name: own }) => type.endsWith(`:${kind}`) && (!name || own === name));
  if (found.length !== 1) throw new Error(`${found.length} resources ${kind} ${name ?? ""}`);
  return found[0]!;
}
