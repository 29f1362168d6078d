import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { ended } from "../engine/quickstart";
import { eventually } from "../eventually";
import type { Login, Orders } from "./orders";
import { restrictedContainer, restrictedPod } from "./restricted";

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
        securityContext: restrictedPod(),
        containers: [
          {
            name: "client",
            image: "node:22-slim",
            command: ["sleep", "3600"],
            securityContext: restrictedContainer,
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

/** What the application in the client pod has seen. */
interface Seen {
  asked: number;
  taken: number;
  /** For how many milliseconds at most it was not served, for whatever reason. */
  longest: number;
  /** How many milliseconds at most lay between refusals of its passwords without one that was taken. */
  refused: number;
  /** Why it was not served, in order. */
  failures: string[];
}

/**
 * Asks the Service five times a second with the password that was taken last, and when that is refused with the newest
 * one. Prints, when its input ends, what it has seen.
 */
const following = `
  const [url, user] = process.argv.slice(1);
  const passwords = [];
  const failures = [];
  let current = 0, asked = 0, taken = 0, longest = 0, refused = 0, since = Date.now(), refusedSince, over = false;
  require("node:readline").createInterface({ input: process.stdin })
    .on("line", (line) => passwords.push(line)).on("close", () => (over = true));
  const answerTo = (password) => {
    const authorization = "Basic " + Buffer.from(user + ":" + password).toString("base64");
    const signal = AbortSignal.timeout(60_000);
    const answer = fetch(url + "/_all_dbs", { headers: { authorization, connection: "close" }, signal });
    return answer.then(({ status }) => status, (error) => String(error.cause ?? error));
  };
  const isRefusal = (answer) => answer === 401 || answer === 403;
  (async () => {
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (passwords.length === 0) { since = Date.now(); continue; }
      asked++;
      let answer = await answerTo(passwords[current]);
      const newest = passwords.length - 1;
      if (isRefusal(answer) && current !== newest) {
        answer = await answerTo(passwords[newest]);
        if (answer === 200) current = newest;
      }
      const now = Date.now();
      longest = Math.max(longest, now - since);
      if (answer === 200) { taken++; since = now; refusedSince = undefined; continue; }
      failures.push(String(answer));
      if (isRefusal(answer)) refused = Math.max(refused, now - (refusedSince ??= now));
    }
    console.log(JSON.stringify({ asked, taken, longest, refused, failures }));
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
    const { adminUser: user } = await orders.login();
    const url = `http://orders.${orders.namespace}:5984`;
    const args = ["-i", "client", "--", "node", "-e", following, url, user];
    const { program, kubeconfig } = orders.api;
    // Not by WebSocket: kubectl 1.34 ends such a connection two minutes after the last write to it.
    const env = { ...process.env, KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "false" };
    const command = [`--kubeconfig=${kubeconfig}`, "--namespace", orders.namespace, "exec", ...args];
    const child = spawn(program, command, { env });
    const application = new Application(orders, child);
    test.after(() => {
      application.over = true;
      child.kill();
    });
    await eventually("the application has the password", async () => application.passwords.length > 0);
    return application;
  }

  /** Ends it, and returns what it has seen. */
  async stop(): Promise<Seen> {
    this.over = true;
    await this.reading;
    this.child.stdin!.end();
    const { shown } = await ended(this.child);
    // kubectl may print lines of its own beside it.
    const line = shown.split("\n").find((text) => text.startsWith("{"));
    if (!line) throw new Error(`the application printed no result: ${shown}`);
    return JSON.parse(line) as Seen;
  }

  private async read(): Promise<void> {
    while (!this.over) {
      const login = await this.orders.login().catch((): Login | undefined => undefined); // between old and new
      if (login && !this.passwords.includes(login.adminPassword)) {
        this.passwords.push(login.adminPassword);
        this.child.stdin!.write(`${login.adminPassword}\n`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
