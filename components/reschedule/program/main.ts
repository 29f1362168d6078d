/** The program behind the webhook: answers evictions of protected pods by asking for the pods to be moved. */
import { createServer } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { Server as TlsServer } from "node:tls";
import { ApiServer, inClusterSettings } from "../../runtime/api-server";
import { BufferedOutput } from "../../runtime/buffered-output";
import { type Log, logTo } from "../../runtime/log";
import { Readiness } from "../../runtime/readiness";
import { serveRoutes } from "../../runtime/routes";
import { shutdownOnSignal } from "../../runtime/shutdown";
import type { ReviewRequest, Verdict } from "./admission";
import { CertificateReload, readCertificate } from "./certificate";
import { startDeleting } from "./deleting";
import { Metrics } from "./metrics";
import { objectsOf } from "./objects";
import { carryOut } from "./reviewer";
import { reviewListener } from "./server";
import { settingsOf } from "./settings";

/**
 * The end, in milliseconds: new connections are accepted for a while, as not every API server knows yet that the pod
 * ends; those that are open get the time to send what they have begun. Then the program ends once no review runs.
 */
const endingTimes = { accept: 1_000, closeIdle: 500, drain: 1_000, release: 1_000 };

/** Milliseconds between two looks whether a review still runs. */
const endingPause = 50;

/** Connections are kept for longer than the API server keeps them, so that it is the one to close them. */
const timeouts = { keepAliveTimeout: 120_000, headersTimeout: 10_000, requestTimeout: 30_000 };

function main(): void {
  const { env } = process;
  const settings = settingsOf(env);
  const output = new BufferedOutput(1);
  const log = logTo((line) => output.write(line), settings.logLevel);
  for (const warning of settings.warnings) log("warning", warning);

  const metrics = new Metrics();
  const api = new ApiServer(inClusterSettings(env), (method, status, path) => {
    metrics.requested(method, status);
    log("debug", "request to the API server", { method, path, status });
  });
  const objects = objectsOf(api, log);
  const readiness = new Readiness(api);
  let ending = false;
  let reviewing = 0;

  const review = async (request: ReviewRequest): Promise<Verdict> => {
    const start = performance.now();
    reviewing++;
    try {
      const verdict = await carryOut(request, objects, settings, start + settings.requestTimeout);
      const took = performance.now() - start;
      metrics.reviewed(decisionOf(verdict), request.dryRun, took / 1000);
      logVerdict(log, request, verdict, took);
      return verdict;
    } finally {
      reviewing--;
    }
  };
  const certificate = readCertificate(settings);
  const server = createServer(
    { ...certificate, ...timeouts },
    reviewListener({
      review,
      ready: async () => !ending && (await readiness.check()),
      rejected: (code) => metrics.rejected(code),
      failed: (error) => log("error", `a review was not answered: ${error.message}`),
      ending: () => ending,
    }),
  );
  const reload = new CertificateReload(settings, certificate, server, log);
  const monitor = serveRoutes(settings.metricsPort, { "/metrics": () => metrics.response() });
  for (const one of [server, monitor])
    one.once("error", (error) => {
      log("error", error.message);
      process.exit(1);
    });
  server.listen(settings.port, () => log("info", "Reschedule hook server started", { port: settings.port }));
  const stopDeleting = settings.deleteAfterReady ? startDeleting(api, settings, metrics, log) : async () => {};

  let stopped = Promise.resolve();
  const acceptLastConnections = () => {
    ending = true;
    reload.stop();
    monitor.close();
    stopped = stopDeleting();
    stopped.catch(() => {}); // reported by the last step
    return sleep(endingTimes.accept);
  };
  const drain = async () => {
    const closed = new Promise((resolve) => {
      // Not the server's own `close`, which would also cut off connections that are about to send a review; and right
      // after those were accepted that waited.
      setImmediate(() => TlsServer.prototype.close.call(server, resolve));
    });
    setTimeout(() => server.closeIdleConnections(), endingTimes.closeIdle);
    const idle = async () => {
      await sleep(endingTimes.drain);
      while (reviewing > 0) await sleep(endingPause);
    };
    await Promise.race([closed, idle()]);
  };
  shutdownOnSignal(
    [
      { name: "accept the last connections", timeout: 2 * endingTimes.accept, run: acceptLastConnections },
      { name: "answer all reviews", timeout: endingTimes.drain + settings.requestTimeout, run: drain },
      { name: "release the Lease", timeout: endingTimes.release, run: () => stopped },
    ],
    log,
  );
}

function decisionOf(verdict: Verdict): string {
  return verdict.allowed ? "allowed" : verdict.message.replaceAll(" ", "_").toLowerCase();
}

function logVerdict(log: Log, { namespace, name, dryRun }: ReviewRequest, verdict: Verdict, took: number): void {
  if (verdict.allowed) {
    log("debug", "allowed", { namespace, pod: name });
    return;
  }
  const { code, message } = verdict;
  const details = { namespace, pod: name, dryRun, code, milliseconds: Math.round(took) };
  log(code === 500 ? "error" : "info", message, details);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${JSON.stringify({ level: "error", message: (error as Error).message })}\n`);
  process.exitCode = 1;
}
