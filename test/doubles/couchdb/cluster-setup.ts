/** `/_cluster_setup`: the state of a node and every action. What only looks like success there does so here. */
import { parseJson } from "./http";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse, requireAdmin } from "./node-context";
import type { NodeParts } from "./node-parts";
import { enable, enableRemote, enableSingleNode } from "./setup-enable";
import { badarg, badRequest } from "./setup-errors";
import { addNode, finish, receiveCookie } from "./setup-join";
import { clusterState, systemDatabases } from "./setup-state";

type Options = Record<string, unknown>;

/** Answers GET and POST of `/_cluster_setup`. */
export async function answerClusterSetup(request: HttpRequest, node: NodeParts): Promise<HttpResponse> {
  allowMethods(request, "GET", "POST");
  requireAdmin(request);
  if (request.method === "GET") {
    const asked = request.query.get("ensure_dbs_exist");
    const databases = asked === null ? systemDatabases : (parseJson(asked) as string[]);
    return { status: 200, body: { state: await clusterState(node, databases) } };
  }
  const options = await setupOptions(request);
  const action = options.action;
  if (action !== undefined && typeof action !== "string") throw badarg(2202602052);
  const perform = Object.hasOwn(actions, action ?? "") ? actions[action ?? ""] : undefined;
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

const actions: Record<string, (options: Options, node: NodeParts) => Promise<void>> = {
  enable_cluster: (options, node) => (options.remote_node === undefined ? enable : enableRemote)(options, node),
  enable_single_node: enableSingleNode,
  add_node: addNode,
  finish_cluster: finish,
  receive_cookie: receiveCookie,
  // It is there, and does nothing.
  remove_node: async () => undefined,
};
