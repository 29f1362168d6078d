/** The actions that make a cluster of prepared nodes: `add_node`, `receive_cookie`, `finish_cluster`. */
import { HttpError } from "./node-context";
import type { NodeParts } from "./node-parts";
import { postSetup } from "./setup-client";
import { badarg, badRequest, setupError } from "./setup-errors";
import { allAnswer, createAll, isEnabled, requestedDatabases } from "./setup-state";

type Options = Record<string, unknown>;

/** Milliseconds. */
const additionTime = 35;

/** Gives the other node this one's cookie and, if it took it, adds the name to `_nodes`. */
export async function addNode(options: Options, node: NodeParts): Promise<void> {
  if (!isEnabled(node)) throw badRequest("Cluster is not enabled.");
  const { host, username, password, port = 5984 } = options;
  if (username === undefined) throw badarg(2916051254);
  if (password === undefined) throw badarg(3617214626);
  if (typeof host !== "string") throw badarg(1882149085);
  const name = options.name ?? defaultName(Number(port));
  const body = { action: "receive_cookie", cookie: node.distribution.cookie };
  let status: number;
  try {
    status = await postSetup(host, port, `${username}:${password}`, body);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (code === "ECONNREFUSED") throw badRequest("Add node failed. Invalid Host and/or Port.");
    const cause = code === "ENOTFOUND" || code === "EAI_AGAIN" ? "nxdomain" : code.toLowerCase();
    throw new HttpError(500, "invalid_ejson", `{conn_failed,{error,${cause}}}`, { ref: 1851508952 });
  }
  if (status !== 201) return;
  // Long enough for the member added just before to be connected.
  await sleep(additionTime);
  await node.data.localDatabase("_nodes").put({ _id: `${name}@${host}` });
}

/** The names of CouchDB's own development cluster; `couchdb` otherwise. */
function defaultName(port: number): string {
  const index = [15984, 25984, 35984].indexOf(port);
  return index < 0 ? "couchdb" : `node${index + 1}`;
}

/** Takes the cookie that `add_node` of another node sends; it is forgotten at the next start. */
export async function receiveCookie(options: Options, node: NodeParts): Promise<void> {
  if (typeof options.cookie !== "string") throw badarg(3977963852);
  node.distribution.cookie = options.cookie;
}

/** Copies admins, uuid and secret to all members, then makes the system databases. */
export async function finish(options: Options, node: NodeParts): Promise<void> {
  node.uuid();
  await waitConnected(node);
  const others = node.distribution.members().filter((member) => member !== node.name);
  const copyOver = async (section: string, key: string, value: string | undefined) => {
    if (value === undefined && others.length > 0) throw setupError("Cluster setup unable to sync admin passwords");
    for (const other of others) await node.distribution.call(other, "config.set", section, key, value);
  };
  for (const [name, hash] of Object.entries(node.config.section("admins"))) await copyOver("admins", name, hash);
  await copyOver("couchdb", "uuid", node.uuid());
  await copyOver("chttpd_auth", "secret", node.config.get("chttpd_auth", "secret"));
  const databases = requestedDatabases(options);
  if (await allAnswer(node, databases)) throw badRequest("Cluster is already finished");
  await createAll(node, databases);
}

async function waitConnected(node: NodeParts): Promise<void> {
  const deadline = Date.now() + node.connectTimeout;
  // The list is the one of the moment of the call: a member deleted since is still waited for.
  const members = node.distribution.members();
  while (!members.every((member) => node.distribution.isConnected(member))) {
    if (Date.now() >= deadline) throw setupError("Cluster setup timed out waiting for nodes to connect");
    await sleep(Math.min(20, deadline - Date.now()));
  }
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
