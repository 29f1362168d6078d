import { join } from "node:path";

/** The checkout's root, seen from dist/toolchain. */
export const checkout = join(__dirname, "..", "..");

/** The go.mod folder of the Pulumi CLI. */
export const cliModule = join(checkout, "toolchain", "cli");

/** The go.mod folder of Pulumi's Node language host. */
export const languageHostModule = join(checkout, "toolchain", "language-host");

/** What is preloaded where Pulumi's SDK is to load quickly. */
export const lazyModules = join(__dirname, "lazy-modules.js");
