import { HttpError, type HttpRequest, type HttpResponse } from "../../node-context";
import { renderDocument } from "../document";
import { parseRevision } from "../revision";
import type { StoredRevision } from "../store-types";
import { type DocumentContext, notFound, openWinner } from "./document-context";
import { Parameters, parseJson } from "./parameters";

/** `GET /db/docid` */
export async function readDocument(context: DocumentContext, request: HttpRequest, id: string): Promise<HttpResponse> {
  const parameters = new Parameters(request.query);
  const openRevs = parameters.text("open_revs");
  if (openRevs !== undefined) return readRevisions(context, parameters, id, openRevs);
  const rev = parameters.text("rev");
  if (rev !== undefined) parseRevision(rev);
  const { database } = context;
  const found = rev === undefined ? await openWinner(context, id) : await database.open(id, rev);
  if (!found) throw notFound("missing");
  const document = renderDocument(context.reveal(found), {
    attachments: parameters.flag("attachments"),
    revisions: parameters.flag("revs") ? found.history : undefined,
  });
  const plain = Object.keys(document).length;
  const meta = parameters.flag("meta");
  if (meta || parameters.flag("revs_info")) {
    const available = await database.available(id, found.history);
    document._revs_info = found.history.map((ancestor, index) => ({
      rev: ancestor,
      status: available[index] ? "available" : "missing",
    }));
  }
  const others = (await database.openLeaves(id)).filter((leaf) => leaf.rev !== found.rev);
  const list = (deleted: boolean) => others.filter((leaf) => leaf.deleted === deleted).map((leaf) => leaf.rev);
  const [conflicts, deletedConflicts] = [list(false), list(true)];
  if ((meta || parameters.flag("conflicts")) && conflicts.length > 0) document._conflicts = conflicts;
  if ((meta || parameters.flag("deleted_conflicts")) && deletedConflicts.length > 0) {
    document._deleted_conflicts = deletedConflicts;
  }
  // Only the bare document is the same for the same revision.
  const bare = plain === Object.keys(document).length && !parameters.has("revs", "meta", "conflicts", "attachments");
  if (!bare) return { status: 200, body: document };
  const etag = `"${found.rev}"`;
  if (request.headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
  return { status: 200, headers: { etag }, body: document };
}

async function readRevisions(
  { database, reveal }: DocumentContext,
  parameters: Parameters,
  id: string,
  wanted: string,
): Promise<HttpResponse> {
  const wanting = { attachments: parameters.flag("attachments") };
  const render = (revision: StoredRevision) => ({
    ok: renderDocument(reveal(revision), {
      ...wanting,
      revisions: parameters.flag("revs") ? revision.history : undefined,
    }),
  });
  if (wanted === "all") {
    const leaves = await database.openLeaves(id);
    if (leaves.length === 0) throw notFound("missing");
    return { status: 200, body: leaves.map(render) };
  }
  const revs = parseJson(wanted);
  if (!Array.isArray(revs)) throw new HttpError(400, "bad_request", "open_revs must be an array");
  const body = await Promise.all(
    revs.map(async (rev) => {
      parseRevision(rev);
      const revision = await database.open(id, String(rev));
      return revision ? render(revision) : { missing: rev };
    }),
  );
  return { status: 200, body };
}
