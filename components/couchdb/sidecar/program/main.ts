/** The program beside CouchDB in every pod of a StatefulSet: makes the pods' nodes one cluster. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { ApiServer, inClusterSettings } from "../../../runtime/api-server";
import { SettingsReader } from "../../../runtime/environment";
import { healthRoutes } from "../../../runtime/health";
import { logTo } from "../../../runtime/log";
import { serveRoutes } from "../../../runtime/routes";
import { shutdownOnSignal } from "../../../runtime/shutdown";
import { type Identity, identityOf } from "./identity";
import { kubernetesApi } from "./kubernetes";
import { Sidecar } from "./sidecar";

/** Milliseconds that a step which is under way may take before the process ends. */
const stopTimeout = 2_000;

function main(): void {
  const { env } = process;
  const settings = new SettingsReader(env);
  const log = logTo((line) => process.stdout.write(line), settings.logLevel());
  const healthPort = settings.port("HEALTH_PORT", 8080);
  for (const warning of settings.warnings) log("warning", warning);

  let identity: Identity;
  try {
    identity = identityOf({
      hostname: settings.text("POD_FQDN", hostname()),
      hosts: textOf("/etc/hosts"),
      resolver: textOf("/etc/resolv.conf"),
      domain: settings.text("CLUSTER_DOMAIN"),
    });
  } catch (error) {
    log("error", (error as Error).message);
    process.exitCode = 1;
    return;
  }
  log("info", "starting", { ...identity });

  const server = new ApiServer(inClusterSettings(env), (method, status, path) =>
    log("debug", "request to the API server", { method, path, status }),
  );
  const api = kubernetesApi(server, identity.namespace);
  const sidecar = new Sidecar(identity, api, env, log);
  const health = serveRoutes(
    healthPort,
    healthRoutes(() => sidecar.status),
  );
  health.once("error", (error) => {
    log("error", `${error.message}: /ready can't be served; another container of the pod may have the port`);
    process.exit(1);
  });
  shutdownOnSignal([{ name: "finish the step under way", timeout: stopTimeout, run: () => sidecar.stop() }], log);
  void sidecar.run();
}

/** Text of a file; empty if the file does not exist. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

main();
