/** `/_cluster_setup`: the state of a node and every action. What only looks like success there does so here. */
import { isIP } from "node:net";
import { parseJson } from "./http";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse, requireAdmin } from "./node-context";
import type { NodeParts } from "./node-parts";
import { isHashed } from "./passwords";
import { postSetup } from "./setup-client";

type Options = Record<string, unknown>;

const systemDatabases = ["_users", "_replicator"];
const connectTimeout = 5000;
const creationTime = 130;
const additionTime = 8;
const loopback = ["127.0.0.1", "::1"];

const badarg = (ref: number) => new HttpError(500, "unknown_error", "badarg", { ref });
const badRequest = (reason: string) => new HttpError(400, "bad_request", reason);
const failed = (reason: string) => new HttpError(500, "error", reason);
const setupError = (reason: string) => new HttpError(500, "setup_error", reason);
const needsRemoteAddress = "Cluster setup requires a remote bind_address (not 127.0.0.1 nor ::1)";

/** Answers GET and POST of `/_cluster_setup`. */
export async function answerClusterSetup(request: HttpRequest, node: NodeParts): Promise<HttpResponse> {
  allowMethods(request, "GET", "POST");
  requireAdmin(request);
  if (request.method === "GET") {
    const asked = request.query.get("ensure_dbs_exist");
    const databases = asked === null ? systemDatabases : (parseJson(asked) as string[]);
    return { status: 200, body: { state: await state(node, databases) } };
  }
  const options = await setupOptions(request);
  const action = options.action;
  if (action !== undefined && typeof action !== "string") throw badarg(2202602052);
  const perform = actions[action ?? ""];
  if (!perform) throw badRequest("Invalid Action'");
  await perform(options, node);
  return { status: 201, body: { ok: true } };
}

async function setupOptions(request: HttpRequest): Promise<Options> {
  const body = await request.json().catch((error: unknown) => {
    throw error instanceof HttpError && error.status === 400 ? badRequest("Missing JSON body'") : error;
  });
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw badRequest("Missing JSON body'");
  return body as Options;
}

/** Nothing of the state is stored: it follows from the configuration and from the databases that can be opened. */
async function state(node: NodeParts, databases: string[]): Promise<string> {
  const finished = await allAnswer(node, databases);
  if (node.config.get("cluster", "n") === "1") {
    return finished && hasAdmins(node) ? "single_node_enabled" : "single_node_disabled";
  }
  if (!isEnabled(node)) return "cluster_disabled";
  return finished ? "cluster_finished" : "cluster_enabled";
}

function isEnabled(node: NodeParts): boolean {
  return node.config.get("chttpd", "bind_address") !== "127.0.0.1" && hasAdmins(node);
}

function hasAdmins(node: NodeParts): boolean {
  return Object.keys(node.config.section("admins")).length > 0;
}

async function allAnswer(node: NodeParts, databases: string[]): Promise<boolean> {
  for (const name of databases) if (!(await node.data.databaseAnswers(name))) return false;
  return true;
}

const actions: Record<string, (options: Options, node: NodeParts) => Promise<void>> = {
  enable_cluster: (options, node) => (options.remote_node === undefined ? enable : enableRemote)(options, node),
  enable_single_node: enableSingleNode,
  add_node: addNode,
  finish_cluster: finish,
  receive_cookie: receiveCookie,
  // It is there, and does nothing.
  remove_node: async () => undefined,
};

async function enable(options: Options, node: NodeParts): Promise<void> {
  if (isEnabled(node)) throw badRequest("Cluster is already enabled");
  const address = options.bind_address;
  if (address === undefined || loopback.includes(String(address))) throw failed(needsRemoteAddress);
  // The check answers ok for what is no address at all, and that word becomes the reason.
  if (isIP(String(address)) === 0) throw failed("ok");
  if (options.node_count === undefined) throw failed("Cluster setup requires node_count to be configured");
  await setUpNode(options, node, options.node_count);
}

async function enableSingleNode(options: Options, node: NodeParts): Promise<void> {
  const address = options.bind_address;
  if (address !== undefined && isIP(String(address)) === 0) throw failed("ok");
  await setUpNode(options, node, 1);
  const databases = requestedDatabases(options);
  if (!(await allAnswer(node, databases))) await createAll(node, databases);
}

async function setUpNode(options: Options, node: NodeParts, nodeCount: unknown): Promise<void> {
  const { username, password, password_hash, bind_address, port } = options;
  if (username !== undefined) {
    const secret = password_hash ?? password;
    if (secret === undefined) throw badarg(1037595576);
    await setAdmin(node, String(username), String(secret));
  } else if (!hasAdmins(node)) {
    throw failed("Cluster setup requires admin account to be configured");
  }
  if (bind_address === undefined) throw badarg(3622002884);
  node.config.set("chttpd", "bind_address", String(bind_address));
  // A word is greater than every number in Erlang.
  node.config.set("cluster", "n", String(typeof nodeCount === "number" ? Math.min(nodeCount, 3) : 3));
  if (port !== undefined) node.config.set("chttpd", "port", String(port));
}

/** Looks once a second whether the node has hashed the password. */
async function setAdmin(node: NodeParts, name: string, password: string): Promise<void> {
  node.config.set("admins", name, password);
  while (!isHashed(node.config.get("admins", name) ?? "")) await sleep(1000);
}

/** Asks another node to enable itself, with this node's hash of the admin's password. What it answers is ignored. */
async function enableRemote(options: Options, node: NodeParts): Promise<void> {
  const { username, remote_node, remote_current_user: user, remote_current_password: password } = options;
  const hash = node.config.get("admins", String(username));
  if (user !== undefined && password === undefined) throw badarg(2460528202);
  if (hash === undefined) throw badarg(724805671);
  const word = (value: unknown) => value ?? "undefined";
  const body = {
    action: "enable_cluster",
    username,
    password_hash: hash,
    bind_address: word(options.bind_address),
    port: word(options.port),
    node_count: word(options.node_count),
  };
  const credentials = user === undefined ? undefined : `${user}:${password}`;
  await postSetup(String(remote_node), options.port ?? 5984, credentials, body).catch(() => undefined);
}

/** Gives the other node this one's cookie and, if it took it, adds the name to `_nodes`. */
async function addNode(options: Options, node: NodeParts): Promise<void> {
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
  // Nobody has heard of the new member before the next request of the same client.
  await sleep(additionTime);
  await node.data.localDatabase("_nodes").put({ _id: `${name}@${host}` });
}

/** The names of CouchDB's own development cluster; `couchdb` everywhere else. */
function defaultName(port: number): string {
  const index = [15984, 25984, 35984].indexOf(port);
  return index < 0 ? "couchdb" : `node${index + 1}`;
}

async function receiveCookie(options: Options, node: NodeParts): Promise<void> {
  if (typeof options.cookie !== "string") throw badarg(3977963852);
  node.distribution.cookie = options.cookie;
}

async function finish(options: Options, node: NodeParts): Promise<void> {
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
  const deadline = Date.now() + connectTimeout;
  // The list is the one of the moment of the call: a member deleted meanwhile is waited for all the same.
  const members = node.distribution.members();
  while (!members.every((member) => node.distribution.isConnected(member))) {
    if (Date.now() >= deadline) throw setupError("Cluster setup timed out waiting for nodes to connect");
    await sleep(Math.min(20, deadline - Date.now()));
  }
}

function requestedDatabases(options: Options): string[] {
  const databases = options.ensure_dbs_exist ?? systemDatabases;
  if (!Array.isArray(databases)) throw new HttpError(500, "unknown_error", "function_clause", { ref: 2906421573 });
  return databases.map(String);
}

/** Takes a moment in a cluster, in which the members come to know of each other. */
async function createAll(node: NodeParts, databases: string[]): Promise<void> {
  if (node.distribution.members().length > 1) await sleep(creationTime);
  for (const name of databases) await node.data.createDatabase(name);
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
