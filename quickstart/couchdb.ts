import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import which from "which";
import { adminUser, type ClusterNode, reconnectIntervalSeconds, secretFiles } from "./cluster";
import type { State } from "./state";

/** A CouchDB that is installed on this machine. */
export interface Installation {
  /** The script that starts it. */
  script: string;
  defaultIni: string;
  vmArgs: string;
  /** The name service by which Erlang nodes find each other's ports. */
  epmd: string;
}

/** How a node's process is started. */
export interface NodeCommand {
  command: string[];
  env: NodeJS.ProcessEnv;
}

/** The CouchDB on PATH; `undefined` without one, or if its folders are not those of CouchDB's packages. */
export async function findCouchDb(env: NodeJS.ProcessEnv): Promise<Installation | undefined> {
  const onPath = await which("couchdb", { path: env.PATH ?? "", nothrow: true });
  if (!onPath) return undefined;
  const script = await realpath(onPath);
  const root = dirname(dirname(script));
  const runtime = (await readdir(root).catch(() => [])).find((name) => name.startsWith("erts-"));
  if (!runtime) return undefined;
  return {
    script,
    defaultIni: join(root, "etc", "default.ini"),
    vmArgs: join(root, "etc", "vm.args"),
    epmd: join(root, runtime, "bin", "epmd"),
  };
}

/** Writes a node's configuration files. Returns the command that starts it with them. */
export async function prepareCouchDb(
  { script, defaultIni, vmArgs }: Installation,
  node: ClusterNode,
  epmdPort: number,
  state: State,
): Promise<NodeCommand> {
  const file = (name: string) => `nodes/${node.number}/${name}`;
  await state.write(file("vm.args"), ourVmArgs(await readFile(vmArgs, "utf8"), node));
  await state.write(file("quickstart.ini"), await ourIni(node, state));
  // CouchDB writes into the last file: the administrator's password as a hash, for instance.
  if (!state.exists(file("local.ini"))) await state.write(file("local.ini"), await localIni(state));
  const { COUCHDB_INI_FILES: _files, ERL_FLAGS: _flags, ...env } = process.env;
  return {
    command: [script, "-couch_ini", defaultIni, state.path(file("quickstart.ini")), state.path(file("local.ini"))],
    env: {
      ...env,
      HOME: dirname(state.path(secretFiles.cookie)),
      COUCHDB_ARGS_FILE: state.path(file("vm.args")),
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: "127.0.0.1",
    },
  };
}

/** The installation's own flags for the Erlang machine, with the node's name, and the loopback address alone. */
function ourVmArgs(theirs: string, node: ClusterNode): string {
  const kept = theirs.split("\n").filter((line) => !/^\s*(-name|-sname|-setcookie)\b/.test(line));
  return [...kept, `-name ${node.name}`, "-kernel inet_dist_use_interface {127,0,0,1}", "-start_epmd false", ""].join(
    "\n",
  );
}

async function ourIni(node: ClusterNode, state: State): Promise<string> {
  const data = state.path("nodes", String(node.number), "data");
  // CouchDB refuses 127.0.0.1 as the address of a cluster's node, but accepts the same address written so.
  return `[couchdb]
database_dir = ${data}
view_index_dir = ${data}
state_dir = ${data}

[chttpd]
port = ${node.port}
bind_address = 127.1

[cluster]
reconnect_interval_sec = ${reconnectIntervalSeconds}
`;
}

async function localIni(state: State): Promise<string> {
  return `[admins]\n${adminUser} = ${await state.secret(secretFiles.adminPassword)}\n`;
}
