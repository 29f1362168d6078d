// Lets this checkout find itself as an installed package.
//
// A dynamic provider runs `require("pulumi-couch/dynamic")`, resolved from the Pulumi project's node_modules. In a
// user's project that is the installed package; for projects inside this checkout it must be this checkout. npm refuses
// a package that depends on itself, so the build makes the link.
import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkout } from "./places";

/** Makes node_modules/pulumi-couch lead to the checkout, unless it does already. */
export function linkSelf(root: string): void {
  const link = join(root, "node_modules", "pulumi-couch");
  mkdirSync(dirname(link), { recursive: true });
  try {
    symlinkSync("..", link, "junction");
  } catch (error) {
    // Here from an earlier build, or made this moment by another.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (realpathSync(link) !== realpathSync(root)) {
    throw new Error(`${link} leads elsewhere than to this checkout: remove it and build again.`);
  }
}

if (require.main === module) linkSelf(checkout);
