import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { ended } from "../engine/quickstart";
import { eventually } from "../testbed";
import type { Login, Orders } from "./orders";

/** Starts a pod with Node.js in it, as an application's would be; commands are run in it by `kubectl exec`. */
export async function clientPod(orders: Orders, files: Record<string, string> = {}): Promise<void> {
  const mounts = Object.entries(files).map(([secretName, mountPath]) => ({ name: secretName, secretName, mountPath }));
  await orders.api.apply(orders.namespace, [
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "client" },
      spec: {
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "client",
            image: "node:22-slim",
            command: ["sleep", "3600"],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            volumeMounts: mounts.map(({ name, mountPath }) => ({ name, mountPath })),
          },
        ],
        volumes: mounts.map(({ name, secretName }) => ({ name, secret: { secretName } })),
      },
    },
  ]);
  await orders.kubectl("wait", "--for=condition=Ready", "pod/client", "--timeout=60s");
}

/** Runs JavaScript in the client pod and returns what it printed. */
export function inClient(orders: Orders, program: string, ...env: string[]): Promise<string> {
  return orders.kubectl("exec", "client", "--", "env", ...env, "node", "-e", program);
}

/**
 * Asks the Service five times a second with the password that was taken last, and when that is refused with the newest
 * one. Prints, when its input ends, how often it asked, how often one was taken, and for how many milliseconds at most
 * none was.
 */
const following = `
  const [url, user] = process.argv.slice(1);
  const passwords = [];
  let current = 0, asked = 0, taken = 0, longest = 0, since = Date.now(), over = false;
  require("node:readline").createInterface({ input: process.stdin })
    .on("line", (line) => passwords.push(line)).on("close", () => (over = true));
  const isTaken = async (password) => {
    const authorization = "Basic " + Buffer.from(user + ":" + password).toString("base64");
    const signal = AbortSignal.timeout(2000);
    const answer = await fetch(url + "/_all_dbs", { headers: { authorization, connection: "close" }, signal }).catch(() => {});
    return answer?.status === 200;
  };
  (async () => {
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (passwords.length === 0) { since = Date.now(); continue; }
      asked++;
      const was = current;
      let ok = await isTaken(passwords[current]);
      if (!ok && current !== passwords.length - 1) ok = await isTaken(passwords[current = passwords.length - 1]);
      if (!ok) current = was;
      longest = Math.max(longest, Date.now() - since);
      if (ok) { taken++; since = Date.now(); }
    }
    console.log(JSON.stringify({ asked, taken, longest }));
  })();
`;

/** An application in the client pod that asks the cluster all the time, and reads a changed Secret at once. */
export class Application {
  private passwords: string[] = [];
  private reading: Promise<void>;
  private over = false;

  private constructor(
    private readonly orders: Orders,
    private readonly child: ChildProcess,
  ) {
    this.reading = this.read();
  }

  static async start(test: Pick<TestContext, "after">, orders: Orders): Promise<Application> {
    const { user } = await orders.login();
    const url = `http://orders.${orders.namespace}:5984`;
    const args = ["-i", "client", "--", "node", "-e", following, url, user];
    const { program, kubeconfig } = orders.api;
    const child = spawn(program, [`--kubeconfig=${kubeconfig}`, "--namespace", orders.namespace, "exec", ...args]);
    const application = new Application(orders, child);
    test.after(() => {
      application.over = true;
      child.kill();
    });
    await eventually("the application has the password", async () => application.passwords.length > 0);
    return application;
  }

  /** Ends it: how often it asked and was served, and for how many milliseconds at most it was not. */
  async stop(): Promise<{ asked: number; taken: number; longest: number }> {
    this.over = true;
    await this.reading;
    this.child.stdin!.end();
    const { shown } = await ended(this.child);
    return JSON.parse(shown) as { asked: number; taken: number; longest: number };
  }

  private async read(): Promise<void> {
    while (!this.over) {
      const login = await this.orders.login().catch((): Login | undefined => undefined); // between old and new
      if (login && !this.passwords.includes(login.password)) {
        this.passwords.push(login.password);
        this.child.stdin!.write(`${login.password}\n`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
