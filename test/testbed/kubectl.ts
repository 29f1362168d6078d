import type { Binaries } from "./binaries";
import { kubeconfig, namespace } from "./places";

/** The command line of kubectl as the testbed's administrator, from anywhere on the machine. */
export function kubectl(binaries: Binaries, ...args: string[]): [string, ...string[]] {
  const enter = [`--net=/run/netns/${namespace}`];
  return ["nsenter", ...enter, binaries.kubernetes("kubectl"), `--kubeconfig=${kubeconfig}`, ...args];
}
