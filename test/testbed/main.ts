// The testbed by hand: `node dist/test/testbed/main.js up|down`.
import type { Say } from "../../toolchain/progress";
import { down } from "./down";
import { kubeconfig, namespace } from "./places";
import { TestbedImpossibleError, up } from "./up";

const say: Say = (line) => process.stderr.write(`testbed: ${line}\n`);

async function main([verb, ...rest]: string[]): Promise<void> {
  const began = performance.now();
  if (rest.length > 0 || (verb !== "up" && verb !== "down")) throw new Error("usage: main.js up|down");
  await (verb === "up" ? up(say) : down());
  say(`${verb} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (verb === "up") console.log(`export KUBECONFIG=${kubeconfig}\nnsenter --net=/run/netns/${namespace} bash`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof TestbedImpossibleError ? `testbed: ${error.message}` : error);
  process.exitCode = 1;
});
