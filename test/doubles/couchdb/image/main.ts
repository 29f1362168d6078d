/**
 * The double as the process of a container: `main.js HOME [ARGUMENT …]`. HOME holds what /opt/couchdb holds in the real
 * image; the arguments are the Erlang emulator's, after those of etc/vm.args.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { NodeConfig } from "../config";
import { IniFiles } from "../config-source";
import { Node } from "../node";
import { settingsOf } from "../options";
import { LocalRegistry } from "../registry";
import { cookieOf } from "./cookie";
import { parseErlangArguments, wordsOf } from "./erlang-arguments";

/** The port of the distribution where nothing is said of it; one that is free would not be found without epmd. */
const DISTRIBUTION_PORT = 9100;

function erlangArguments(home: string, given: string[]) {
  const { ERL_AFLAGS = "", ERL_FLAGS = "", ERL_ZFLAGS = "" } = process.env;
  const file = readFileSync(join(home, "etc/vm.args"), "utf8");
  return parseErlangArguments([
    ...wordsOf(ERL_AFLAGS),
    ...wordsOf(file),
    ...given,
    ...wordsOf(ERL_FLAGS),
    ...wordsOf(ERL_ZFLAGS),
  ]);
}

async function main([folder, ...given]: string[]): Promise<void> {
  const home = resolve(folder ?? ".");
  const erlang = erlangArguments(home, given);
  const name = erlang.name ?? "nonode@nohost";
  const log = (line: string) => process.stderr.write(`${line.replace("]", `] ${new Date().toISOString()} ${name}`)}\n`);
  const iniFiles = ["default.ini", "default.d", "local.ini", "local.d"].map((path) => join(home, "etc", path));
  const config = new NodeConfig(new IniFiles(iniFiles));
  const settings = settingsOf(
    {
      name,
      host: erlang.distributionHost ?? "0.0.0.0",
      cookie: erlang.cookie ?? cookieOf(home),
      version: readFileSync(join(home, "VERSION"), "utf8").trim(),
      dataFolder: resolve(home, config.get("couchdb", "database_dir") ?? "data"),
      distributionPort: erlang.distributionPort ?? DISTRIBUTION_PORT,
      ...{ iniFiles, log },
    },
    1,
    new LocalRegistry(),
  );
  const node = new Node(settings);
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      log(`[info] ${signal} received - shutting down`);
      void node.stop().then(() => process.exit(0));
    });
  }
  await node.start();
  log(`[info] Apache CouchDB has started on ${node.url}/`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`[error] ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
