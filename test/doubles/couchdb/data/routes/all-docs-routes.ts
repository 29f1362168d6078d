import { allowMethods, type HttpRequest, type HttpResponse } from "../../node-context";
import { collateIds } from "../collation";
import { renderDocument } from "../document";
import type { Json } from "../json";
import type { IdRow } from "../store-types";
import type { DocumentContext } from "./document-context";
import { parseSelection, select } from "./key-range";
import { bodyAsObject, Parameters } from "./parameters";

async function parametersOf(request: HttpRequest): Promise<Parameters> {
  allowMethods(request, "GET", "HEAD", "POST");
  return new Parameters(request.query, request.method === "POST" ? await bodyAsObject(request) : {});
}

/** `/db/_all_docs` and, cut down to design documents, `/db/_design_docs`. */
export async function handleAllDocs(
  context: DocumentContext,
  request: HttpRequest,
  includes: (id: string) => boolean = () => true,
): Promise<HttpResponse> {
  const { database } = context;
  const parameters = await parametersOf(request);
  const selection = parseSelection(parameters);
  const withDocuments = parameters.flag("include_docs");
  const ids = (await database.ids()).filter(({ id }) => includes(id));
  const row = async ({ id, rev }: IdRow) => {
    const found = withDocuments ? await database.open(id) : undefined;
    const doc = found ? renderDocument(context.reveal(found)) : null;
    return { id, key: id, value: { rev }, ...(withDocuments ? { doc } : {}) };
  };
  if (selection.keys) {
    const known = new Map(ids.map((entry) => [entry.id, entry]));
    const keyed = await Promise.all(
      selection.keys.map(async (key: Json) => {
        const entry = known.get(String(key));
        if (entry) return row(entry);
        const tombstone = typeof key === "string" ? await database.open(key) : undefined;
        if (!tombstone) return { key, error: "not_found" };
        const value = { rev: tombstone.rev, deleted: true };
        return { id: key, key, value, ...(withDocuments ? { doc: null } : {}) };
      }),
    );
    const rows = keyed.slice(selection.skip, selection.skip + selection.limit);
    return { status: 200, body: { total_rows: ids.length, offset: null, rows } };
  }
  const chosen = select(
    ids.map((entry) => ({ ...entry, key: entry.id })),
    selection,
    collateIds,
  );
  const rows = await Promise.all(chosen.rows.map(row));
  return { status: 200, body: { total_rows: ids.length, offset: chosen.offset, rows } };
}

/** `/db/_local_docs` */
export async function handleLocalDocs(context: DocumentContext, request: HttpRequest): Promise<HttpResponse> {
  const selection = parseSelection(await parametersOf(request));
  const ids = (await context.database.localIds()).map((entry) => ({ ...entry, key: entry.id }));
  const rows = select(ids, selection, collateIds).rows.map(({ id, key, rev }) => ({ id, key, value: { rev } }));
  return { status: 200, body: { total_rows: null, offset: null, rows } };
}
