/** The program behind the webhook: answers evictions of protected pods by asking for the pods to be moved. */
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { Server as TlsServer } from "node:tls";
import { ApiServer, inClusterSettings } from "../../runtime/api-server";
import { BufferedOutput } from "../../runtime/buffered-output";
import { logTo } from "../../runtime/log";
import { Readiness } from "../../runtime/readiness";
import type { Verdict } from "./admission";
import { CertificateReload, readCertificate } from "./certificate";
import { startDeleting } from "./deleting";
import { Metrics } from "./metrics";
import { objectsOf } from "./objects";
import { carryOut } from "./reviewer";
import { listener } from "./server";
import { settingsOf } from "./settings";

/**
 * After SIGTERM, in milliseconds: new connections are taken for a while, as not all know yet; then those that have just
 * come in get the time to say what they want. From then on the program ends as soon as no review runs.
 */
const endingTimes = { accept: 1_000, closeIdle: 1_500, exit: 2_000 };

/** Milliseconds between looks whether a review still runs. */
const endingPause = 50;

/** Connections are kept for longer than the API server keeps them, so that it is the one to close them. */
const timeouts = { keepAliveTimeout: 120_000, headersTimeout: 10_000, requestTimeout: 30_000 };

function main(): void {
  const { env } = process;
  const settings = settingsOf(env);
  const lines = new BufferedOutput(1);
  const log = logTo((line) => lines.write(line), settings.logLevel);
  for (const warning of settings.warnings) log("warning", warning);

  const metrics = new Metrics();
  const api = new ApiServer(inClusterSettings(env), (method, status) => metrics.asked(method, status));
  const objects = objectsOf(api, log);
  const readiness = new Readiness(api);
  let ending = false;
  let reviewing = 0;

  const routes = listener({
    review: async (request) => {
      const start = performance.now();
      reviewing++;
      const verdict = await carryOut(request, objects, settings, start + settings.requestTimeout).finally(
        () => reviewing--,
      );
      const { namespace, name, dryRun } = request;
      const took = performance.now() - start;
      metrics.reviewed(decisionOf(verdict), dryRun, took / 1000);
      if (verdict.allowed) log("debug", "allowed", { namespace, pod: name });
      else {
        const level = verdict.code === 500 ? "error" : "info";
        log(level, verdict.message, {
          namespace,
          pod: name,
          dryRun,
          code: verdict.code,
          milliseconds: Math.round(took),
        });
      }
      return verdict;
    },
    ready: async () => !ending && (await readiness.check()),
    refused: (code) => metrics.refused(code),
    failed: (error) => log("error", `a review was not answered: ${error.message}`),
    ending: () => ending,
  });
  const certificate = readCertificate(settings);
  const server = createServer({ ...certificate, ...timeouts }, routes);
  const reload = new CertificateReload(settings, certificate, server, log);
  const monitor = createHttpServer((request, response) => {
    const found = request.url?.split("?")[0] === "/metrics";
    response.writeHead(found ? 200 : 404, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
    response.end(found ? metrics.text() : "there is /metrics\n");
  });

  for (const one of [server, monitor])
    one.once("error", (error) => {
      log("error", error.message);
      process.exit(1);
    });
  server.listen(settings.port, () => log("info", "Reschedule hook server started", { port: settings.port }));
  monitor.listen(settings.metricsPort);

  const stopDeleting = settings.deleteAfterReady ? startDeleting(api, settings, metrics, log) : async () => {};

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      log("info", `ending: ${signal}`);
      ending = true;
      reload.stop();
      monitor.close();
      stopDeleting().catch((error: Error) => log("warning", `the Lease was not given back: ${error.message}`));
      // Not the server's own `close`, which would also cut off connections that are about to ask; and right after those
      // were taken that waited.
      const close = () => TlsServer.prototype.close.call(server, () => process.exit(0));
      setTimeout(() => setImmediate(close), endingTimes.accept);
      setTimeout(() => server.closeIdleConnections(), endingTimes.closeIdle);
      // A pod is given that time before it is killed.
      const latest = performance.now() + endingTimes.exit + settings.requestTimeout;
      const exit = () => (reviewing === 0 || performance.now() >= latest) && process.exit(0);
      setTimeout(() => setInterval(exit, endingPause), endingTimes.exit);
    });
}

function decisionOf(verdict: Verdict): string {
  return verdict.allowed ? "allowed" : verdict.message.replaceAll(" ", "_").toLowerCase();
}

try {
  main();
} catch (error) {
  process.stderr.write(`${JSON.stringify({ level: "error", message: (error as Error).message })}\n`);
  process.exitCode = 1;
}
