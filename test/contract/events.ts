/** What the events of a recording ask for. */
import type { NodeOptions } from "../nodes";
import type { NodeId } from "./recording";

export type Action =
  | { do: "nothing" }
  | {
      do: "fresh";
      nodes: Record<NodeId, NodeOptions> /** What only nodes started with flags can replay. */;
      flags: string[];
      docker: boolean;
    }
  | { do: "join"; nodes: NodeId[] }
  | { do: "single"; nodes: NodeId[] }
  | { do: "kill" | "stop" | "start" | "start-nowait" | "reset"; nodes: NodeId[] };

/** Ports of the recorded nodes. CouchDB knows them: `add_node` without a name derives it from them. */
const PORTS: Record<NodeId, number> = { node1: 15984, node2: 25984, node3: 35984 };

/** The Erlang cookie of all recorded nodes that were not given another one. */
const COOKIE = "couchcontract";

/** Parses the text of an event. Throws on one it does not know. */
export function parseEvent(text: string): Action {
  if (text.startsWith("----") || text.startsWith("seen by hand")) return { do: "nothing" };
  if (/^joined \d+ nodes /.test(text)) return { do: "join", nodes: nodeIds(Number(text.split(" ")[1])) };
  const single = /^enable_single_node on ([\w, ]+);/.exec(text);
  if (single) return { do: "single", nodes: (single[1] as string).split(", ") };
  const [verb, ...words] = text.split(" ");
  switch (verb) {
    case "fresh":
      return fresh(Number(words[0]), words.slice(1));
    case "kill":
    case "stop":
    case "start":
    case "start-nowait":
    case "reset":
      return { do: verb, nodes: words };
    default:
      throw new Error(`Unknown event: ${text}`);
  }
}

function fresh(count: number, flags: string[]): Action {
  const ids = nodeIds(count);
  const docker = flags.includes("--docker");
  const nodes: Record<NodeId, NodeOptions> = {};
  for (const id of ids) {
    const port = PORTS[id] as number;
    nodes[id] = {
      name: `${id}@127.0.0.1`,
      port,
      docker,
      cookie: COOKIE,
      secret: !flags.includes("--no-secret"),
      ini: {},
    };
  }
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i];
    if (flag === "--docker" || flag === "--no-secret") continue;
    const setting = flags[++i] ?? "";
    const [target, value] = split(setting, flag === "--ini" ? ":" : "=");
    for (const id of target === "*" ? ids : [target]) Object.assign(nodes[id] as NodeOptions, option(flag, value));
  }
  return { do: "fresh", nodes, flags: flags.filter((flag) => flag !== "--docker"), docker };
}

function option(flag: string | undefined, value: string): NodeOptions {
  switch (flag) {
    case "--port":
      return { port: Number(value) };
    case "--name":
      return { name: value };
    case "--cookie":
      return { cookie: value };
    case "--ini": {
      const [path, setting] = split(value, "=");
      const [section, key] = split(path, "/");
      return { ini: { [section]: { [key]: setting } } };
    }
    default:
      throw new Error(`Unknown flag: ${flag}`);
  }
}

function nodeIds(count: number): NodeId[] {
  return Array.from({ length: count }, (_, index) => `node${index + 1}`);
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
