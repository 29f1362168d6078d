import { readFile } from "node:fs/promises";
import { join } from "node:path";
import which from "which";
import { cacheRoot, entryName, fillSlot, readSlot } from "../../toolchain/cache";
import { Go } from "../../toolchain/go";
import { type Say, timed } from "../../toolchain/progress";
import { requiredVersion } from "../../toolchain/versions";
import { moduleFolder } from "./places";

const KUBERNETES = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"];

/** Debian's package for each program that is not built. */
const INSTALLED: Readonly<Record<string, string>> = {
  etcd: "etcd-server",
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  "/usr/lib/cni/ptp": "containernetworking-plugins",
  iptables: "iptables",
  conntrack: "conntrack",
  ip: "iproute2",
  nsenter: "util-linux",
  mount: "mount",
};

/** The Debian packages that are missing here. */
export async function missingPackages(): Promise<string[]> {
  const programs = Object.keys(INSTALLED);
  const found = await Promise.all(programs.map((program) => which(program, { nothrow: true })));
  return [...new Set(programs.filter((_, index) => found[index] === null).map((program) => INSTALLED[program]!))];
}

/** Where the programs that are built lie. */
export interface Binaries {
  kubernetes: (name: string) => string;
  coredns: string;
  pause: string;
}

/** Finds the programs of the testbed in the cache, or builds them. */
export async function findBinaries(env: NodeJS.ProcessEnv, say: Say): Promise<Binaries> {
  const kubernetes = await built(env, say, {
    name: "kubernetes",
    version: await versionIn("kubernetes", "k8s.io/kubernetes"),
    commands: KUBERNETES.map((name) => ({ name, package: `k8s.io/kubernetes/cmd/${name}` })),
    hint: "ten minutes, once",
  });
  const coredns = await built(env, say, {
    name: "coredns",
    version: await versionIn("coredns", "github.com/coredns/coredns"),
    commands: [{ name: "coredns", package: "github.com/coredns/coredns" }],
    hint: "three minutes, once",
  });
  const pause = await built(env, say, {
    name: "pause",
    version: "1",
    commands: [{ name: "pause", package: "." }],
    hint: "a moment, once",
  });
  return {
    kubernetes: (name) => join(kubernetes, name),
    coredns: join(coredns, "coredns"),
    pause: join(pause, "pause"),
  };
}

async function versionIn(module: "kubernetes" | "coredns", path: string): Promise<string> {
  return requiredVersion(await readFile(join(moduleFolder(module), "go.mod"), "utf8"), path);
}

interface Build {
  name: "kubernetes" | "coredns" | "pause";
  version: string;
  commands: readonly { name: string; package: string }[];
  hint: string;
}

async function built(env: NodeJS.ProcessEnv, say: Say, build: Build): Promise<string> {
  const { name, version, commands } = build;
  const slot = {
    folder: join(cacheRoot(env), entryName(`testbed-${name}`, version)),
    executables: commands.map((command) => command.name),
  };
  if (!(await readSlot(slot))) {
    const go = await Go.find(env, name);
    await fillSlot(slot, say, async (folder) => {
      await timed(say, `building ${name} ${version} from its Go module`, build.hint, async () => {
        for (const command of commands)
          await go.build(name, moduleFolder(name), command.package, join(folder, command.name), versionFlags(version));
      });
      return { version };
    });
  }
  return slot.folder;
}

/** Makes Kubernetes' programs say their version; others ignore it. */
function versionFlags(version: string): string {
  const [major, minor] = version.split(".");
  const set = (variable: string, value: string) => `-X k8s.io/component-base/version.${variable}=${value}`;
  return [set("gitVersion", `v${version}`), set("gitMajor", major!), set("gitMinor", minor!)].join(" ");
}
