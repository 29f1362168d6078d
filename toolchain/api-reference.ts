/**
 * What `npm run docs` documents: all that users can import. Each class is named here by its own file, since the entry
 * loads it on first use and so gives its type alone; `npm run lint` fails if one is missing.
 */
export { CouchDbCluster } from "../components/couchdb/cluster/couchdb-cluster";
export { CouchDbCredentials } from "../components/couchdb/credentials/couchdb-credentials";
export { CouchDbDatabase } from "../components/couchdb/database/couchdb-database";
export { CouchDbMembership } from "../components/couchdb/membership/couchdb-membership";
export { CouchDiscover } from "../components/couchdb/sidecar/couch-discover";
export type { ResolvedInputs } from "../components/dynamic/inputs";
export * from "../components/index";
export { RescheduleHook } from "../components/reschedule/reschedule-hook";
