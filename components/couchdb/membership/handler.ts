import { CouchDbClient } from "../../clients/couchdb/client";
import { normalUrl } from "../../clients/couchdb/connection";
import { CouchDbError } from "../../clients/couchdb/error";
import { podAddress } from "../../clients/kubernetes/access";
import { PodWatch } from "../../clients/kubernetes/pod-watch";
import { changedFields } from "../../dynamic/changes";
import { type Difference, type Handler, PartialFailure } from "../../dynamic/handler";
import type { Deadline } from "../../reconcile/deadline";
import { progress } from "../../reconcile/progress";
import type { DeclaredNode } from "../join/declared-nodes";
import { join } from "../join/join";
import { identify } from "../join/observe";
import { JoinFailed } from "../join/options";
import { adminChange, changeAdmin } from "./admin-change";
import { findings, lookOnce, versionsOf } from "./drift";
import {
  type Admin,
  type MembershipInputs,
  type MembershipNode,
  type MembershipOutputs,
  systemDatabasesOf,
} from "./inputs";
import { awaitRollout } from "./rollout";
import { validateMembership } from "./validate";

const defaultTimeoutSeconds = 300;

/** Handler of the resource `CouchDbMembership`. */
export const membershipHandler: Handler<MembershipInputs, MembershipOutputs> = {
  check: validateMembership,
  diff: differs,

  async create(inputs) {
    const id = normalUrl(inputs.nodes[0]!.url);
    return { id, outs: await converge(id, inputs, undefined) };
  },

  async update(id, olds, news) {
    return { outs: await converge(id, news, olds) };
  },

  async read(_id, outs) {
    const { tls, kubernetes } = outs;
    const admins = [{ adminUser: outs.adminUser, adminPassword: outs.adminPassword }, ...(outs.formerAdmins ?? [])];
    const clients = outs.nodes.map(({ url }) =>
      clientOfFirst(admins, (admin) => new CouchDbClient(url, { ...admin, tls, kubernetes })),
    );
    return { ...outs, ...findings(await lookOnce(await Promise.all(clients), systemDatabasesOf(outs)), outs) };
  },

  // Nothing to undo: nodes can't be taken apart without losing data, and go, or stay, with what runs them.
  async delete() {},
};

/** The arguments that say what the cluster is; how long to wait for it is not one of them. */
const significant = [
  "nodes",
  "adminUser",
  "adminPassword",
  "tls",
  "kubernetes",
  "globalChanges",
  "bindAddress",
] as const;

/** Those that ask for something when they are given, and for nothing when they are left out. */
const askingWhenGiven = ["adminPasswordHash", "rollout", "triggers"] as const;

function differs(olds: MembershipOutputs, news: MembershipInputs): Difference {
  const given = askingWhenGiven.filter((field) => news[field] !== undefined);
  const changed = changedFields<keyof MembershipInputs>(olds, news, [...significant, ...given], comparable);
  return { changes: changed.length > 0 || (olds.drift ?? []).length > 0 };
}

/** Order of nodes, spelling of URLs, and the StatefulSet's uid, which only proves where the kubeconfig leads, are no difference. */
function comparable(value: unknown, field: keyof MembershipInputs): unknown {
  if (field === "rollout" && value instanceof Object) return { ...value, uid: undefined };
  if (field !== "nodes" || !Array.isArray(value)) return value;
  return (value as MembershipNode[])
    .map((node) => (typeof node?.url === "string" ? { ...node, url: normalUrl(node.url) } : node))
    .sort((a, b) => String(a?.url).localeCompare(String(b?.url)));
}

async function converge(
  id: string,
  inputs: MembershipInputs,
  olds: MembershipOutputs | undefined,
): Promise<MembershipOutputs> {
  const urls = inputs.nodes.map((node) => normalUrl(node.url));
  const named = inputs.nodes.filter((node) => node.name !== undefined);
  const { tls, kubernetes, waitOnly } = inputs;
  const change = adminChange(olds, inputs);
  const report = progress("couchdb");
  const pods =
    kubernetes &&
    new PodWatch(
      kubernetes,
      urls.map((url) => podAddress(url)!),
      report,
    );
  const connection = { urls, adminUser: inputs.adminUser, adminPassword: inputs.adminPassword, tls, kubernetes };
  const connect = ({ url, client: { deadline } }: DeclaredNode, admin: Admin) =>
    Object.assign(new CouchDbClient(url, { ...connection, ...admin }), { deadline });
  try {
    const nodes = await join({
      connection,
      names: Object.fromEntries(named.map((node) => [normalUrl(node.url), node.name as string])),
      formerMembers: olds?.recorded ?? [],
      systemDatabases: systemDatabasesOf(inputs),
      bindAddress: inputs.bindAddress ?? "0.0.0.0",
      prepare: change && ((each, changing) => changeAdmin(change, connect, each, changing, report)),
      pods,
      rolledOut: pods && rolloutOf(inputs, pods, report),
      waitOnly,
      timeoutSeconds: inputs.timeoutSeconds ?? defaultTimeoutSeconds,
      report,
    });
    report(`${nodes.length}/${nodes.length} nodes joined, cluster finished`);
    const members = nodes.map((node) => node.name).sort();
    return { ...inputs, members, recorded: members, uuid: nodes[0]!.uuid, versions: versionsOf(nodes), drift: [] };
  } catch (error) {
    if (!(error instanceof JoinFailed)) throw error;
    if (!error.changed) throw error.cause;
    // Members of the earlier declaration stay on record, so that the next run may still remove them.
    const recorded = [...new Set([...(olds?.recorded ?? []), ...error.recorded])].sort();
    const known = { members: olds?.members ?? [], uuid: olds?.uuid ?? "", versions: olds?.versions ?? [] };
    // Who may still be administrator is kept until all nodes have the new one, or no later run could set it there.
    const former = change &&
      !error.isPrepared && { formerAdmins: change.former, adminPasswordHash: olds?.adminPasswordHash };
    throw new PartialFailure(id, { ...inputs, ...known, ...former, recorded, drift: [error.message] }, error.cause);
  } finally {
    pods?.close();
  }
}

/** How to wait for the pods to be replaced, where that is asked for. */
function rolloutOf(
  inputs: MembershipInputs,
  pods: PodWatch,
  report: (line: string) => void,
): ((deadline: Deadline) => Promise<void>) | undefined {
  const { kubernetes: access, rollout, nodes } = inputs;
  if (!access || !rollout) return undefined;
  const names = nodes.map(({ url }) => podAddress(url)!.pod);
  return (deadline) => awaitRollout({ access, rollout, names, pods, report }, deadline);
}

/** A client of a node for the first of these administrators that it takes; for the first of all, if it takes none. */
async function clientOfFirst(
  admins: readonly Admin[],
  connect: (admin: Admin) => CouchDbClient,
): Promise<CouchDbClient> {
  const [only, ...others] = admins.map(connect);
  if (others.length === 0) return only!;
  for (const client of [only!, ...others]) {
    const refused = await identify(client).then(() => false, CouchDbError.isRefusal);
    if (!refused) return client;
  }
  return only!;
}
