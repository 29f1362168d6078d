/** The actions that prepare one node: `enable_cluster`, on itself and on another node, and `enable_single_node`. */
import { isIP } from "node:net";
import type { NodeParts } from "./node-parts";
import { isHashed } from "./passwords";
import { postSetup } from "./setup-client";
import { badarg, badRequest, failed } from "./setup-errors";
import { allAnswer, createAll, hasAdmins, isEnabled, requestedDatabases } from "./setup-state";

type Options = Record<string, unknown>;

const loopback = ["127.0.0.1", "::1"];
const needsRemoteAddress = "Cluster setup requires a remote bind_address (not 127.0.0.1 nor ::1)";

/** `enable_cluster` of this node. */
export async function enable(options: Options, node: NodeParts): Promise<void> {
  if (isEnabled(node)) throw badRequest("Cluster is already enabled");
  const address = options.bind_address;
  if (address === undefined || loopback.includes(String(address))) throw failed(needsRemoteAddress);
  // The check answers ok for an invalid address, and that word becomes the reason.
  if (isIP(String(address)) === 0) throw failed("ok");
  if (options.node_count === undefined) throw failed("Cluster setup requires node_count to be configured");
  await setUpNode(options, node, options.node_count);
}

/** `enable_single_node`. */
export async function enableSingleNode(options: Options, node: NodeParts): Promise<void> {
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
  while (!isHashed(node.config.get("admins", name) ?? "")) await new Promise((resolve) => setTimeout(resolve, 1000));
}

/** Asks another node to enable itself, with this node's hash of the admin's password. What it answers is ignored. */
export async function enableRemote(options: Options, node: NodeParts): Promise<void> {
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
