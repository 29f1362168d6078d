/**
 * The stand-in for `pulumi-resource-kubernetes`, run by the Pulumi engine: `main.js [OPTIONS] ENGINE_ADDRESS`. It prints
 * the port on which it serves, as every Pulumi plugin does.
 */
import { engineLog } from "./engine-log";
import { Provider } from "./provider";
import { serve } from "./server";

/** The release of the real plugin whose behaviour this one has. */
const VERSION = "4.34.2";

async function main(args: readonly string[]): Promise<void> {
  const address = args.filter((arg) => !arg.startsWith("-")).pop();
  if (!address) throw new Error("the engine's address is missing");
  const port = await serve(new Provider(engineLog(address)), VERSION);
  console.log(String(port));
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
