/**
 * Starts fresh CouchDB doubles: `main.js N [options]`. Prints one URL with credentials a line, then runs until SIGTERM.
 * NODE in an option is node1, node2, … or * for all.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type NodeOptions, startCouchDb } from "./index";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    docker: { type: "boolean" },
    "no-secret": { type: "boolean" },
    admin: { type: "string" }, // NAME:PASSWORD
    host: { type: "string" },
    registry: { type: "string" }, // directory
    data: { type: "string" }, // directory with a folder a node; without it nothing outlives the process
    "distribution-port": { type: "string" },
    "hash-iterations": { type: "string" },
    "response-delay": { type: "string" }, // ms
    cookie: { type: "string", multiple: true }, // NODE=COOKIE
    port: { type: "string", multiple: true }, // NODE=PORT
    name: { type: "string", multiple: true }, // NODE=NAME
    ini: { type: "string", multiple: true }, // NODE:SECTION/KEY=VALUE
  },
});

/** Splits at the first separator. */
function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 0) throw new Error(`${separator} expected in ${text}`);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** The options of the command line for the node with that number. */
function optionsOf(number: number): NodeOptions {
  const mine = (settings: string[] | undefined, separator: string) =>
    (settings ?? [])
      .map((setting) => cut(setting, separator))
      .filter(([node]) => node === `node${number}` || node === "*")
      .map(([, value]) => value);
  const options: NodeOptions = {
    docker: values.docker ?? false,
    secret: !values["no-secret"],
    ini: {},
  };
  const cookie = mine(values.cookie, "=").at(-1);
  const port = mine(values.port, "=").at(-1);
  const name = mine(values.name, "=").at(-1);
  if (cookie !== undefined) options.cookie = cookie;
  if (port !== undefined) options.port = Number(port);
  if (name !== undefined) options.name = name;
  if (values.data !== undefined) options.dataFolder = join(values.data, `node${number}`);
  for (const setting of mine(values.ini, ":")) {
    const [path, value] = cut(setting, "=");
    const [section, key] = cut(path, "/");
    options.ini![section] = { ...options.ini![section], [key]: value };
  }
  return options;
}

function commonOptions(): NodeOptions {
  const common: NodeOptions = {};
  if (values.host !== undefined) common.host = values.host;
  if (values.registry !== undefined) common.registry = values.registry;
  if (values["distribution-port"] !== undefined) common.distributionPort = Number(values["distribution-port"]);
  if (values["hash-iterations"] !== undefined) common.hashIterations = Number(values["hash-iterations"]);
  if (values["response-delay"] !== undefined) common.responseDelay = Number(values["response-delay"]);
  if (values.admin !== undefined) {
    const [name, password] = cut(values.admin, ":");
    common.admin = { name, password };
  }
  return common;
}

async function main(): Promise<void> {
  const count = Number(positionals[0] ?? 1);
  const nodes = Array.from({ length: count }, (_, index) => optionsOf(index + 1));
  const double = await startCouchDb(nodes, commonOptions());
  for (const node of double.nodes) console.log(node.adminUrl);
  const end = () => void double.stop().then(() => process.exit(0));
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
