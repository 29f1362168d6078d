import { isDeepStrictEqual } from "node:util";
import { anyNode } from "../../clients/couchdb/any-node";
import { type CouchDbClient, pathOf } from "../../clients/couchdb/client";
import { CouchDbError } from "../../clients/couchdb/error";
import { changedFields } from "../../dynamic/changes";
import { type Difference, type Handler, PartialFailure } from "../../dynamic/handler";
import { isUnknown } from "../../dynamic/unknown";
import { Deadline, NotYet } from "../../reconcile/deadline";
import { progress } from "../../reconcile/progress";
import { type DatabaseInputs, type DatabaseOutputs, isSystemDatabase, type SecurityObject } from "./inputs";
import { validateDatabase } from "./validate";

/** How long a new database may take until it answers, on a cluster that is complete. */
const timeoutSeconds = 60;

/** Handler of the resource `CouchDbDatabase`. */
export const databaseHandler: Handler<DatabaseInputs, DatabaseOutputs> = {
  check: validateDatabase,
  diff: differs,

  async create(inputs) {
    const client = await anyNode(inputs.connection);
    const created = await createUnlessThere(client, inputs);
    if (!created) {
      progress("couchdb")(`database ${inputs.name} exists already and is taken over`);
      await rejectOtherShape(client, inputs, await settled(client, inputs.name));
    }
    try {
      return { id: inputs.name, outs: await completed(client, inputs, inputs.n) };
    } catch (error) {
      throw new PartialFailure(inputs.name, { ...inputs, security: undefined }, error as Error);
    }
  },

  async update(_id, olds, news) {
    return { outs: await completed(await anyNode(news.connection), news, olds.n) };
  },

  async read(_id, outs) {
    const client = await anyNode(outs.connection);
    const shape = await look(client, outs.name);
    if (!shape) return undefined;
    // Fewer copies than declared are not drift: there were fewer nodes when it was created.
    const seen = { ...outs, ...shape, n: Math.max(outs.n ?? 0, shape.n) };
    if (!outs.security) return seen;
    const security = await client.request<SecurityObject>({ path: securityPath(outs.name) });
    return { ...seen, security: normalSecurity(security) };
  },

  async delete(_id, outs) {
    if (isSystemDatabase(outs.name)) return;
    const client = await anyNode(outs.connection);
    const info = await client.find<DatabaseInfo>({ path: pathOf(outs.name) });
    if (!info) return;
    if (info.doc_count > 0 && !outs.forceDestroy)
      throw new Error(
        `database ${outs.name} holds ${info.doc_count} documents and is not deleted. To delete it with all of them, ` +
          "set forceDestroy: true and run `pulumi up` first, without any other change of it; to keep it, set the resource option retainOnDelete: true",
      );
    await client.find({ method: "DELETE", path: pathOf(outs.name), timeout: 30_000 });
  },
};

/** What can't change once a database is created. */
type Shape = Required<Pick<DatabaseOutputs, "q" | "n" | "partitioned">>;

interface DatabaseInfo {
  doc_count: number;
  cluster: { q: number; n: number };
  props?: { partitioned?: boolean };
}

const shapeKeys = ["q", "n", "partitioned"] as const;

function differs(olds: DatabaseOutputs, news: DatabaseInputs): Difference {
  const reshaped = shapeKeys.filter(
    (key) => news[key] !== undefined && !isUnknown(news[key]) && olds[key] !== undefined && news[key] !== olds[key],
  );
  const replaces = [...(news.name === olds.name ? [] : ["name"]), ...reshaped];
  if (news.name === olds.name && reshaped.length > 0 && !news.forceDestroy) {
    const was = reshaped.map((key) => `${key} is ${olds[key]}`).join(", ");
    throw new Error(
      `database ${olds.name}: ${was}, and is fixed when a database is created. To replace it by an empty one, set ` +
        "forceDestroy: true (by an `up` of its own, if it holds documents); otherwise create a database of another " +
        "name and replicate the documents into it",
    );
  }
  const updates =
    shapeKeys.some((key) => isUnknown(news[key])) ||
    changedFields(olds, news, ["connection", "forceDestroy", "security"], comparable).length > 0;
  // The old one goes first, even if the new one has another name: if it can't be deleted, nothing has happened yet.
  return { changes: updates || replaces.length > 0, replaces, deleteBeforeReplace: true };
}

/** In which spelling values are compared: security objects with all their lists, and false for what is left out. */
function comparable(value: unknown, field: "connection" | "forceDestroy" | "security"): unknown {
  if (field === "forceDestroy") return value ?? false;
  return field === "security" && value && !isUnknown(value) ? normalSecurity(value as SecurityObject) : value;
}

/** Creates the database. `false`: there was one of that name. */
async function createUnlessThere(client: CouchDbClient, { name, q, n, partitioned }: DatabaseInputs): Promise<boolean> {
  if (isSystemDatabase(name)) return false;
  const query = { ...(q && { q }), ...(n && { n }), ...(partitioned && { partitioned }) };
  try {
    // See https://docs.couchdb.org/en/stable/api/database/common.html#put--db
    await client.request({ method: "PUT", path: pathOf(name), query, timeout: 30_000 });
    return true;
  } catch (error) {
    if (CouchDbError.hasStatus(error, 412)) return false;
    throw error;
  }
}

async function look(client: CouchDbClient, name: string): Promise<Shape | undefined> {
  const info = await client.find<DatabaseInfo>({ path: pathOf(name) });
  return info && { q: info.cluster.q, n: info.cluster.n, partitioned: info.props?.partitioned ?? false };
}

/** A new database may not answer yet: other nodes are still opening its shards. */
function settled(client: CouchDbClient, name: string): Promise<Shape> {
  return new Deadline(timeoutSeconds).retry(async () => {
    const shape = await look(client, name);
    if (shape) return shape;
    const missing = `${client.label}: there is no database ${name}`;
    throw isSystemDatabase(name) ? new Error(`${missing}; finish the cluster first`) : new NotYet(`${missing} yet`);
  }, CouchDbError.isTransient);
}

/**
 * Waits until the database answers, gives it its security object, and returns what state keeps.
 *
 * @param n as it was declared when the database was created: it may have got fewer copies
 */
async function completed(client: CouchDbClient, inputs: DatabaseInputs, n?: number): Promise<DatabaseOutputs> {
  const shape = await settled(client, inputs.name);
  await secure(client, inputs);
  return { ...inputs, ...shape, n: n ?? shape.n };
}

async function rejectOtherShape(client: CouchDbClient, inputs: DatabaseInputs, shape: Shape): Promise<void> {
  const differing = shapeKeys.filter((key) => inputs[key] !== undefined && inputs[key] !== shape[key]);
  if (differing.length === 0) return;
  const { cluster_nodes } = await client.request<{ cluster_nodes: string[] }>({ path: "_membership" });
  // CouchDB accepts any `n`, makes one copy on each node if there are fewer nodes, and then reports that number.
  const asManyAsNodes = shape.n === Math.min(inputs.n ?? shape.n, cluster_nodes.length);
  const other = differing.filter((key) => key !== "n" || !asManyAsNodes);
  if (other.length === 0) return;
  const differences = other.map((key) => `${key} is ${shape[key]}, declared ${inputs[key]}`).join(", ");
  throw new Error(
    `database ${inputs.name} exists already, created with different settings: ${differences}. ` +
      "Declare it as it is, or choose another name",
  );
}

function securityPath(name: string): string {
  return pathOf(name, "_security");
}

async function secure(client: CouchDbClient, { name, security }: DatabaseInputs): Promise<void> {
  if (!security) return;
  const body = normalSecurity(security);
  try {
    // See https://docs.couchdb.org/en/stable/api/database/security.html
    await client.request({ method: "PUT", path: securityPath(name), body });
  } catch (error) {
    if (name !== "_users" || !CouchDbError.hasStatus(error, 403)) throw error;
    throw new Error(
      `${error.message}. CouchDB protects the security object of _users: leave \`security\` out, or set ` +
        "[couchdb] users_db_security_editable = true on every node first",
    );
  }
  await new Deadline(timeoutSeconds).retry(async () => {
    const actual = await client.request<SecurityObject>({ path: securityPath(name) });
    if (!sameSecurity(actual, body))
      throw new NotYet(`${client.label}: the security object of ${name} is not in force yet`);
  }, CouchDbError.isTransient);
}

/** The security object with all its lists: CouchDB reads absent ones as empty. */
function normalSecurity(security: SecurityObject): SecurityObject {
  const section = (given?: { names?: string[]; roles?: string[] }) => ({
    names: given?.names ?? [],
    roles: given?.roles ?? [],
  });
  return { admins: section(security.admins), members: section(security.members) };
}

function sameSecurity(a: SecurityObject | undefined, b: SecurityObject | undefined): boolean {
  return isDeepStrictEqual(a && normalSecurity(a), b && normalSecurity(b));
}
