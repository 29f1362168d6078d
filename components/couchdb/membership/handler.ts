import { isDeepStrictEqual } from "node:util";
import { normalUrl } from "../../clients/connection";
import { CouchDbClient } from "../../clients/couchdb";
import { type Difference, type Handler, PartialFailure } from "../../dynamic/handler";
import { progress } from "../../dynamic/progress";
import { checkMembership } from "./check";
import { findings, lookOnce, versionsOf } from "./drift";
import { type MembershipInputs, type MembershipNode, type MembershipOutputs, systemDatabasesOf } from "./inputs";
import { JoinFailed, join } from "./join";

const defaultTimeoutSeconds = 300;

/** Handler of the resource `Membership`. */
export const membershipHandler: Handler<MembershipInputs, MembershipOutputs> = {
  check: checkMembership,
  diff: differs,

  async create(inputs) {
    const id = normalUrl(inputs.nodes[0]!.url);
    return { id, outs: await converge(id, inputs, undefined) };
  },

  async update(id, olds, news) {
    return { outs: await converge(id, news, olds) };
  },

  async read(_id, outs) {
    const credentials = { user: outs.adminUser, password: outs.adminPassword, tls: outs.tls };
    const clients = outs.nodes.map((node) => new CouchDbClient(node.url, credentials));
    return { ...outs, ...findings(await lookOnce(clients, systemDatabasesOf(outs)), outs) };
  },

  // Nothing to undo: nodes can't be taken apart without losing data, and go, or stay, with what runs them.
  async delete() {},
};

/** The arguments that say what the cluster is; how long to wait for it is none of them. */
const significant = ["nodes", "adminUser", "adminPassword", "tls", "globalChanges", "bindAddress"] as const;

function differs(olds: MembershipOutputs, news: MembershipInputs): Difference {
  const changed = significant.some((key) => !isDeepStrictEqual(comparable(olds[key]), comparable(news[key])));
  return { changes: changed || (olds.drift ?? []).length > 0 };
}

/** Order of nodes and spelling of URLs are no difference. */
function comparable(value: unknown): unknown {
  if (!Array.isArray(value)) return value ?? undefined;
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
  try {
    const nodes = await join({
      connection: { urls, user: inputs.adminUser, password: inputs.adminPassword, tls: inputs.tls },
      names: Object.fromEntries(named.map((node) => [normalUrl(node.url), node.name as string])),
      formerMembers: olds?.recorded ?? [],
      systemDatabases: systemDatabasesOf(inputs),
      bindAddress: inputs.bindAddress ?? "0.0.0.0",
      timeoutSeconds: inputs.timeoutSeconds ?? defaultTimeoutSeconds,
      report: progress,
    });
    progress(`${nodes.length}/${nodes.length} nodes joined, cluster finished`);
    const members = nodes.map((node) => node.name).sort();
    return { ...inputs, members, recorded: members, uuid: nodes[0]!.uuid, versions: versionsOf(nodes), drift: [] };
  } catch (error) {
    if (!(error instanceof JoinFailed)) throw error;
    if (!error.changed) throw error.cause;
    // Members of the earlier declaration stay on record, so that the next run may still remove them.
    const recorded = [...new Set([...(olds?.recorded ?? []), ...error.recorded])].sort();
    const known = { members: olds?.members ?? [], uuid: olds?.uuid ?? "", versions: olds?.versions ?? [] };
    throw new PartialFailure(id, { ...inputs, ...known, recorded, drift: [error.message] }, error.cause);
  }
}
