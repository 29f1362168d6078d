/** The program beside CouchDB in every pod of a StatefulSet: makes the pods' nodes one cluster. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiServer, inClusterSettings } from "../../../runtime/api-server";
import { serveHealth } from "../../../runtime/health";
import { levelOf, logTo } from "../../../runtime/log";
import { type Identity, identityOf } from "./identity";
import { kubernetesApi } from "./kubernetes";
import { Sidecar } from "./sidecar";

/** How long a step that is under way may take to end before the process does. */
const patience = 2_000;

function main(): void {
  const { env } = process;
  const level = levelOf(env.LOG_LEVEL || "info");
  const log = logTo((line) => process.stdout.write(line), level ?? "info");
  if (level === undefined)
    log("warning", `LOG_LEVEL ${env.LOG_LEVEL} is unknown; there are debug, info, warning, error`);

  let identity: Identity;
  try {
    identity = identityOf({
      hostname: env.POD_FQDN || hostname(),
      hosts: textOf("/etc/hosts"),
      resolver: textOf("/etc/resolv.conf"),
      domain: env.CLUSTER_DOMAIN,
    });
  } catch (error) {
    log("error", (error as Error).message);
    process.exitCode = 1;
    return;
  }
  log("info", "starting", { ...identity });

  const api = kubernetesApi(new ApiServer(inClusterSettings(env)), identity.namespace);
  const sidecar = new Sidecar(identity, api, env, log);
  const health = serveHealth(Number(env.HEALTH_PORT || 8080), () => sidecar.status);
  health.once("error", (error) => {
    log("error", `${error.message}: /ready can't be served; another container of the pod may have the port`);
    process.exit(1);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, async () => {
      log("info", `ending: ${signal}`);
      await Promise.race([sidecar.stop(), sleep(patience)]);
      process.exit(0);
    });
  void sidecar.run();
}

/** Text of a file; none where there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

main();
