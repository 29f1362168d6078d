import type { CheckFailure } from "../../dynamic/handler";
import { ifGiven, objectOf, optional, validateFields } from "../../validation/fields";
import { integerProblem, text, type Validator } from "../../validation/validators";
import type { CredentialsInputs } from "./inputs";
import { PasswordHashFunction } from "./password-hash";

/** Validates the arguments of `CouchDbCredentials`, as far as they are known at preview. No message repeats a value. */
export function validateCredentials(inputs: CredentialsInputs): CheckFailure[] {
  const functions: string[] = Object.values(PasswordHashFunction);
  return validateFields(inputs, {
    adminUser: optional(matching(/^[^\s:=;[\]]+$/, "it can't contain white space or any of : = ; [ ]; choose another")),
    adminPassword: optional(text(passwordProblem)),
    erlangCookie: optional(
      matching(/^[A-Za-z0-9_@.-]{1,255}$/, "a cookie has 1 to 255 letters, digits or any of _ @ . -; choose another"),
    ),
    cookieSecret: optional(
      matching(
        /^(?!;)[\x21-\x7e]{16,}$/,
        "give at least 16 ASCII characters, without white space, the first of them not a semicolon",
      ),
    ),
    uuid: optional(matching(/^[0-9a-f]{32}$/, "a cluster's uuid has 32 digits of 0-9 and a-f, without dashes")),
    hashFunction: optional(
      text((name) => (functions.includes(name) ? undefined : `it must be one of ${functions.join(", ")}`)),
    ),
    iterations: optional(integerProblem(1, 10_000_000)),
    // A misspelt one would rotate nothing, and nothing would report it.
    keepers: ifGiven(objectOf({ adminPassword: anything, cookieSecret: anything, erlangCookie: anything })),
  });
}

const anything = () => [];

function matching(pattern: RegExp, otherwise: string): Validator {
  return text((value) => (pattern.test(value) ? undefined : otherwise));
}

function passwordProblem(password: string): string | undefined {
  if (/[\p{Cc}]/u.test(password)) return "it contains a control character, such as a line break; leave that out";
  if (password.trim() !== password) return "it begins or ends with white space, which CouchDB would cut off";
  if (/^-(pbkdf2|hashed)[-:]/.test(password)) return "this looks like a hash; give the password itself";
  return undefined;
}
