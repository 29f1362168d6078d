/**
 * One node of the built-in stand-in for CouchDB, as a process: `stand-in.js STATE_FOLDER NUMBER`. It reads everything
 * from files there, the password too. It ends on SIGTERM, or when its folder is gone.
 */
import { existsSync } from "node:fs";
import { startCouchDb } from "../test/doubles/couchdb/index";
import { adminUser, readCluster, reconnectIntervalSeconds, secretFiles } from "./cluster";
import { State } from "./state";

const LOOK_INTERVAL_MS = 1_000;

async function main(folder: string, number: number): Promise<void> {
  const state = new State(folder);
  const node = (await readCluster(state))?.nodes[number - 1];
  if (!node) throw new Error(`${folder} knows no node ${number}`);
  const double = await startCouchDb([
    {
      name: node.name,
      port: node.port,
      docker: true, // ready to be clustered, as the container image starts
      cookie: await state.secret(secretFiles.cookie),
      admin: { name: adminUser, password: await state.secret(secretFiles.adminPassword) },
      registry: state.path("registry"),
      ini: { cluster: { reconnect_interval_sec: String(reconnectIntervalSeconds) } },
    },
  ]);
  const end = () => void double.stop().then(() => process.exit(0));
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  setInterval(() => existsSync(state.path("nodes", String(number))) || end(), LOOK_INTERVAL_MS);
}

main(process.argv[2] ?? "", Number(process.argv[3])).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
