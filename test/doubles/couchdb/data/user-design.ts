import type { Edit } from "./document";

/**
 * The design document that CouchDB gives `_users`, under its real revision. The rules themselves are in `users.ts`; what
 * stands here is only to be seen.
 */
export const USER_DESIGN: Edit = {
  id: "_design/_auth",
  history: ["1-625dc565328e800ce8dfe08fff750098"],
  deleted: false,
  body: {
    language: "javascript",
    validate_doc_update: "function (newDoc, oldDoc, userCtx, secObj) { /* the rules for user documents */ }",
  },
  attachments: [],
};
