import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { bundleOf } from "../../toolchain/bundle";
import { eventually } from "../eventually";
import { freePorts } from "../ports";
import { residentKiB } from "../resident";
import { terminate } from "../terminate";

type Ending = { after(stop: () => void): void };

/** The API server, and the account with which the program reads it. */
export interface Account {
  host: string;
  port: number;
  token: string;
  ca: string;
}

/** An answer of the program. */
export interface HttpAnswer {
  status: number;
  text: string;
  /** Fingerprint of the certificate that was shown. */
  fingerprint: string;
}

/** The answer to a review. */
export interface ReviewAnswer {
  uid: string;
  allowed: boolean;
  status?: { status: string; code: number; reason: string; message: string };
}

/** A connection that was not made: nothing was sent over it. */
export class NotConnected extends Error {}

/** Node.js' options in the pod, where memory is small. */
const options = ["--max-old-space-size=48", "--max-semi-space-size=2"];

/** The program as it is shipped, started as in a pod. */
export class HookProgram {
  readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  private lines = "";

  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    readonly metricsPort: number,
    readonly certificate: MountedCertificate,
  ) {
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.lines += text;
    });
  }

  /** Starts it and waits until it listens. Ends it after the test. */
  static async start(test: Ending, account: Account, env: Record<string, string> = {}): Promise<HookProgram> {
    const folder = mkdtempSync(join(tmpdir(), "hook-"));
    const certificate = await MountedCertificate.make(folder);
    writeFileSync(join(folder, "token"), `${account.token}\n`);
    writeFileSync(join(folder, "ca.crt"), account.ca);
    const [port, metricsPort] = await freePorts(2);
    const child = spawn(process.execPath, [...options, bundleOf("reschedule")], {
      env: {
        KUBERNETES_SERVICE_HOST: account.host,
        KUBERNETES_SERVICE_PORT: String(account.port),
        SERVICE_ACCOUNT_FOLDER: folder,
        TLS_CERT_FILE: join(folder, "tls.crt"),
        TLS_KEY_FILE: join(folder, "tls.key"),
        PORT: String(port),
        METRICS_PORT: String(metricsPort),
        MALLOC_ARENA_MAX: "1",
        ...env,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    test.after(() => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });
    const program = new HookProgram(child, port!, metricsPort!, certificate);
    const answers = async () => child.exitCode !== null || (await program.request("GET", "/"));
    await eventually("the program listens", answers, { everyMs: 20 });
    if (child.exitCode !== null) throw new Error(`the program has ended: ${program.log}`);
    return program;
  }

  /** What it has logged. */
  get log(): string {
    return this.lines;
  }

  /** Resident memory in KiB. */
  get resident(): number {
    return residentKiB(this.child);
  }

  /** Has an eviction reviewed, over a connection that is kept. */
  async review(request: object): Promise<ReviewAnswer> {
    const { status, text } = await this.post(JSON.stringify(reviewOf(request)));
    if (status !== 200) throw new Error(`answered ${status}: ${text}`);
    return (JSON.parse(text) as { response: ReviewAnswer }).response;
  }

  /** Posts any body at all. */
  post(body: string | Buffer, headers: Record<string, string> = {}, agent = this.agent): Promise<HttpAnswer> {
    return this.request(
      "POST",
      "/eviction?timeout=10s",
      body,
      { "content-type": "application/json", ...headers },
      agent,
    );
  }

  request(
    method: string,
    path: string,
    body: string | Buffer = "",
    headers: Record<string, string> = {},
    agent = this.agent,
  ): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port: this.port, method, path, headers, agent });
      let connected = false;
      asked.once("socket", (socket) => {
        connected = asked.reusedSocket;
        if (connected) return;
        socket.once("secureConnect", () => {
          connected = true;
        });
      });
      asked.once("error", (error) => reject(connected ? error : new NotConnected(error.message)));
      asked.once("response", (response) => {
        const { fingerprint256 } = (response.socket as import("node:tls").TLSSocket).getPeerCertificate();
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () => resolve({ status: response.statusCode!, text, fingerprint: fingerprint256 }));
      });
      asked.end(body);
    });
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.metricsPort}/metrics`)).text();
  }

  /** Ends it as a kubelet does; returns the exit code, null where it had to be killed. */
  stop(graceSeconds?: number): Promise<number | null> {
    return terminate(this.child, graceSeconds);
  }
}

/** A review as the API server sends it. */
export function reviewOf(request: object): object {
  const eviction = { group: "policy", version: "v1", kind: "Eviction" };
  const pods = { group: "", version: "v1", resource: "pods" };
  const of = { kind: eviction, resource: pods, subResource: "eviction", requestKind: eviction, requestResource: pods };
  return {
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    request: { uid: "a-uid", ...of, requestSubResource: "eviction", operation: "CREATE", dryRun: false, ...request },
  };
}

/** Certificate and key in files, as the kubelet mounts a Secret: all change at once, by one symbolic link. */
class MountedCertificate {
  private versions = 0;

  private constructor(private readonly folder: string) {}

  static async make(folder: string): Promise<MountedCertificate> {
    const mounted = new MountedCertificate(folder);
    await mounted.renew();
    for (const file of ["tls.crt", "tls.key"]) symlinkSync(join("..data", file), join(folder, file));
    return mounted;
  }

  /** The certificate. */
  get pem(): string {
    return readFileSync(join(this.folder, "tls.crt"), "utf8");
  }

  async renew(): Promise<void> {
    const pem = await generate([{ name: "commonName", value: "hook" }], {
      keyType: "ec",
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
    });
    const version = `..version-${++this.versions}`;
    const made = mkdtempSync(join(this.folder, version));
    writeFileSync(join(made, "tls.crt"), pem.cert);
    writeFileSync(join(made, "tls.key"), pem.private);
    symlinkSync(made, join(this.folder, "..data_tmp"));
    renameSync(join(this.folder, "..data_tmp"), join(this.folder, "..data"));
  }
}
