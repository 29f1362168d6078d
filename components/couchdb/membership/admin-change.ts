import { type CouchDbClient, pathOf } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import { hashingFor, takesForHash } from "../credentials/hashing";
import { hashPassword } from "../credentials/password-hash";
import type { DeclaredNode, EachNode } from "../join/declared-nodes";
import { identify } from "../join/observe";
import type { Admin, MembershipInputs, MembershipOutputs } from "./inputs";

/** An administrator whose name, password or password's hash has changed in the declaration. */
export interface AdminChange {
  admin: Admin;
  /** The line that each node is to have for it. Default: one is made. */
  hash?: string;
  /** Those that a node may have instead, the likeliest first. */
  former: Admin[];
  /** Whether an earlier run was interrupted half-way, so that most nodes have the new one. */
  resumed: boolean;
}

/** What is to be changed about the administrator, if anything is. */
export function adminChange(olds: MembershipOutputs | undefined, news: MembershipInputs): AdminChange | undefined {
  if (!olds) return undefined;
  const admin = { adminUser: news.adminUser, adminPassword: news.adminPassword };
  const former = [
    { adminUser: olds.adminUser, adminPassword: olds.adminPassword },
    ...(olds.formerAdmins ?? []),
  ].filter(({ adminUser, adminPassword }) => adminUser !== admin.adminUser || adminPassword !== admin.adminPassword);
  const hash = news.adminPasswordHash;
  const rehashed = hash !== undefined && hash !== olds.adminPasswordHash;
  if (former.length === 0 && !rehashed) return undefined;
  return { admin, ...(hash && { hash }), former, resumed: (olds.formerAdmins ?? []).length > 0 };
}

/** The administrators to try on a node, in an order in which as few tries as possible are wrong. */
function candidates({ admin, former, resumed }: AdminChange): Admin[] {
  const [last, ...older] = former;
  if (!last) return [admin];
  // One of another name may be there besides, and is not the one to be replaced then.
  return resumed || last.adminUser !== admin.adminUser ? [admin, ...former] : [last, admin, ...older];
}

interface Accepted {
  admin: Admin;
  client: CouchDbClient;
}

/** A node, and which administrator it takes. */
class NodeAdmin {
  private accepted: Accepted | undefined;

  /** @param connect makes a client of the node for an administrator */
  constructor(
    private readonly change: AdminChange,
    private readonly connect: (admin: Admin) => CouchDbClient,
  ) {}

  /**
   * Finds out whom the node takes, by a harmless request. May be called again after a transient failure: who was refused
   * is not tried again, as the client remembers that.
   */
  async find(timeout?: number): Promise<Accepted> {
    if (this.accepted) return this.accepted;
    let refused: unknown;
    for (const admin of candidates(this.change)) {
      const client = this.connect(admin);
      try {
        await identify(client, timeout);
        this.accepted = { admin, client };
        return this.accepted;
      } catch (error) {
        if (!CouchDbError.isRefusal(error)) throw error;
        // What it says of the declared one is what the user can mend.
        if (admin === this.change.admin || refused === undefined) refused = error;
      }
    }
    throw refused;
  }

  /** CouchDB's version on the node. */
  async version(): Promise<string> {
    const { client } = await this.find();
    try {
      return await versionOf(client);
    } catch (error) {
      if (!CouchDbError.isRefusal(error)) throw error;
      this.reconsider();
      return versionOf((await this.find()).client);
    }
  }

  /**
   * Gives the node the new administrator, unless it has it. Answers whether there was anything to do.
   *
   * @param forOlder makes the line for a node whose version is too old for the other
   */
  async give(hash: string | undefined, forOlder: (version: string) => Promise<string>): Promise<boolean> {
    const { admin } = this.change;
    const accepted = await this.find();
    const { client } = accepted;
    const isNew = accepted.admin === admin;
    if (isNew && hash === undefined) return false;
    const path = adminPath(admin.adminUser);
    try {
      if (isNew && (await client.find<string>({ path })) === hash) return false;
      const version = await versionOf(client);
      const isTooOld = hash !== undefined && !takesForHash(hash, version);
      // Usually it is about to be replaced by a newer one, which comes up with the line.
      if (isNew && isTooOld) return false;
      await client.request({ method: "PUT", path, body: isTooOld ? await forOlder(version) : hash });
    } catch (error) {
      if (!CouchDbError.isRefusal(error) || isNew) throw error;
      this.reconsider();
      return this.give(hash, forOlder);
    }
    if (isNew) return true;
    client.login.forget();
    const renewed = this.connect(admin);
    renewed.login.forget();
    await identify(renewed);
    return true;
  }

  /** Forgets whom the node takes: it has restarted since, and may have come up with one that it refused before. */
  private reconsider(): void {
    const refused = this.accepted?.admin;
    this.accepted = undefined;
    for (const admin of candidates(this.change)) if (admin !== refused) this.connect(admin).login.forget();
  }

  /** Takes a former administrator away. */
  async remove(user: string): Promise<void> {
    await this.connect(this.change.admin).find({ method: "DELETE", path: adminPath(user) });
  }
}

/**
 * Gives all nodes the new administrator: all at once, when each has been asked whom it takes. One that had another name
 * is removed, unless all nodes had the new one besides. Until each node has been given it, nothing is changed on any.
 *
 * @param connect makes a client of a node for an administrator
 * @param each asks all nodes, a late one until it answers
 * @param changing called once a node may have been changed
 */
export async function changeAdmin(
  change: AdminChange,
  connect: (node: DeclaredNode, admin: Admin) => CouchDbClient,
  each: EachNode,
  changing: () => void,
  report: (line: string) => void,
): Promise<void> {
  const { admin, former, resumed } = change;
  const admins = new Map<DeclaredNode, NodeAdmin>();
  const of = (node: DeclaredNode): NodeAdmin => {
    const known = admins.get(node) ?? new NodeAdmin(change, (admin) => connect(node, admin));
    admins.set(node, known);
    return known;
  };
  const found = await each((node, timeout) => of(node).find(timeout));
  const isNew = found.every((accepted) => accepted.admin === admin);
  const versions = () => each((node) => of(node).version());
  const hash = change.hash ?? (isNew ? undefined : await madeHash(admin.adminPassword, await versions()));
  let older: Promise<string> | undefined;
  const forOlder = (version: string) => {
    older ??= madeHash(admin.adminPassword, [version]);
    return older;
  };
  try {
    const given = await each((node) => of(node).give(hash, forOlder));
    const changed = given.filter(Boolean).length;
    if (changed > 0) {
      changing();
      report(`administrator ${admin.adminUser} set on ${changed}/${given.length} nodes`);
    }
    const others = [...new Set(former.map(({ adminUser: user }) => user))].filter((user) => user !== admin.adminUser);
    if (changed === 0 && !resumed) return;
    for (const user of others) {
      changing();
      await each((node) => of(node).remove(user));
      report(`administrator ${user} removed: ${admin.adminUser} has taken its place`);
    }
  } catch (error) {
    // Some nodes may have the former one, some the new one.
    changing();
    throw error;
  }
}

/** One line for all nodes: with one of its own on each, a session of one would not be valid on another. */
function madeHash(password: string, versions: string[]): Promise<string> {
  const { hashFunction, iterations } = hashingFor(...versions);
  return hashPassword(password, hashFunction, iterations);
}

async function versionOf(client: CouchDbClient): Promise<string> {
  return (await client.request<{ version: string }>({ path: "" })).version;
}

function adminPath(user: string): string {
  // See https://docs.couchdb.org/en/stable/api/server/configuration.html
  return `_node/_local/_config/admins/${pathOf(user)}`;
}
