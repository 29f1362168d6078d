import type { CheckFailure } from "../../dynamic/handler";
import { validateOptionalInteger, validateOptionalObject, validateOptionalText } from "../../validation/fields";
import type { CredentialsInputs } from "./inputs";
import { PasswordHashFunction } from "./password-hash";

/** What is wrong with the arguments of `CouchDbCredentials`, as far as they are known at preview. */
export function validateCredentials(inputs: CredentialsInputs): CheckFailure[] {
  const functions: string[] = Object.values(PasswordHashFunction);
  return [
    ...validateOptionalText("adminUser", inputs.adminUser, (name) =>
      /^[^\s:=;[\]]+$/.test(name) ? undefined : "it can't contain white space or any of : = ; [ ]; choose another",
    ),
    ...validateOptionalText("adminPassword", inputs.adminPassword, passwordProblem),
    ...validateOptionalText("erlangCookie", inputs.erlangCookie, (cookie) =>
      /^[A-Za-z0-9_@.-]{1,255}$/.test(cookie)
        ? undefined
        : "a cookie has 1 to 255 letters, digits or any of _ @ . -; choose another",
    ),
    ...validateOptionalText("cookieSecret", inputs.cookieSecret, (secret) =>
      /^(?!;)[\x21-\x7e]{16,}$/.test(secret)
        ? undefined
        : "give at least 16 ASCII characters, without white space, and none of them a semicolon at the beginning",
    ),
    ...validateOptionalText("uuid", inputs.uuid, (uuid) =>
      /^[0-9a-f]{32}$/.test(uuid) ? undefined : "a cluster's uuid has 32 digits of 0-9 and a-f, without dashes",
    ),
    ...validateOptionalText("hashFunction", inputs.hashFunction, (name) =>
      functions.includes(name) ? undefined : `it is none of ${functions.join(", ")}`,
    ),
    ...validateOptionalInteger("iterations", inputs.iterations, 1, 10_000_000),
    ...validateOptionalObject("keepers", inputs.keepers, keepers, () => []),
  ];
}

/** A misspelt one would rotate nothing, and nobody be told. */
const keepers = ["adminPassword", "cookieSecret", "erlangCookie"];

function passwordProblem(password: string): string | undefined {
  if (/[\p{Cc}]/u.test(password)) return "it contains a control character, such as a line break; leave that out";
  if (password.trim() !== password) return "it begins or ends with white space, which CouchDB would cut off";
  if (/^-(pbkdf2|hashed)[-:]/.test(password)) return "this looks like a hash; give the password itself";
  return undefined;
}
