import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { changedFields } from "../../dynamic/changes";
import type { Handler } from "../../dynamic/handler";
import type { CredentialsInputs, CredentialsOutputs } from "./inputs";
import { defaultIterations, hashPassword, PasswordHashFunction } from "./password-hash";
import { validateCredentials } from "./validate";

/** Handler of the resource `CouchDbCredentials`. It connects to nothing. */
export const credentialsHandler: Handler<CredentialsInputs, CredentialsOutputs> = {
  check: validateCredentials,

  diff(olds, news) {
    const decided = Object.values(decide(olds, news)).some((decision) => decision.kind !== "keep");
    // The keeper of a given value changes nothing now, but must be in state when the value is no longer given.
    return { changes: decided || changedFields(olds, news, ["keepers"], (value) => value ?? {}).length > 0 };
  },

  async create(inputs) {
    return { id: randomUUID(), outs: await derive(undefined, inputs) };
  },

  async update(_id, olds, news) {
    return { outs: await derive(olds, news) };
  },
};

/** What becomes of one value. */
type Decision = { kind: "keep" } | { kind: "make" } | { kind: "take"; value: string };

const keep: Decision = { kind: "keep" };

/** Decides for each value; one that is not given and whose keeper did not change stays the same. */
function decide(
  olds: CredentialsOutputs | undefined,
  news: CredentialsInputs,
): Record<"adminUser" | "adminPassword" | "adminPasswordHash" | "cookieSecret" | "erlangCookie" | "uuid", Decision> {
  const decideOne = (key: "adminPassword" | "cookieSecret" | "erlangCookie" | "uuid"): Decision => {
    const given = news[key];
    if (given !== undefined) return given === olds?.[key] ? keep : { kind: "take", value: given };
    return olds !== undefined && kept(key, olds, news) ? keep : { kind: "make" };
  };
  const adminUser = news.adminUser ?? defaultAdminUser;
  const password = decideOne("adminPassword");
  const sameHash =
    olds !== undefined &&
    password.kind === "keep" &&
    kept("adminPassword", olds, news) &&
    olds.hashFunction === (news.hashFunction ?? PasswordHashFunction.Sha256) &&
    olds.iterations === (news.iterations ?? defaultIterations);
  return {
    adminUser: adminUser === olds?.adminUser ? keep : { kind: "take", value: adminUser },
    adminPassword: password,
    adminPasswordHash: sameHash ? keep : { kind: "make" },
    cookieSecret: decideOne("cookieSecret"),
    erlangCookie: decideOne("erlangCookie"),
    uuid: decideOne("uuid"),
  };
}

const defaultAdminUser = "admin";

function kept(key: string, olds: CredentialsOutputs, news: CredentialsInputs): boolean {
  const keeper = key as keyof NonNullable<CredentialsInputs["keepers"]>;
  return olds.keepers?.[keeper] === news.keepers?.[keeper];
}

async function derive(olds: CredentialsOutputs | undefined, news: CredentialsInputs): Promise<CredentialsOutputs> {
  const decisions = decide(olds, news);
  const value = (key: "adminPassword" | "cookieSecret" | "erlangCookie" | "uuid", make: () => string): string => {
    const decision = decisions[key];
    if (decision.kind === "take") return decision.value;
    return decision.kind === "keep" && olds ? olds[key] : make();
  };
  const password = value("adminPassword", randomPassword);
  const hashFunction = (news.hashFunction ?? PasswordHashFunction.Sha256) as PasswordHashFunction;
  const iterations = news.iterations ?? defaultIterations;
  return {
    adminUser: news.adminUser ?? defaultAdminUser,
    adminPassword: password,
    adminPasswordHash:
      decisions.adminPasswordHash.kind === "keep" && olds
        ? olds.adminPasswordHash
        : await hashPassword(password, hashFunction, iterations),
    cookieSecret: value("cookieSecret", () => randomBytes(32).toString("hex")),
    erlangCookie: value("erlangCookie", () => randomBytes(32).toString("hex")),
    uuid: value("uuid", () => randomBytes(16).toString("hex")),
    hashFunction,
    iterations,
    keepers: news.keepers,
  };
}

/** 32 letters and digits, 190 bits: safe in an ini file, a URL and a shell. */
function randomPassword(): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join("");
}
