/**
 * The public entry `pulumi-couch`. Classes are loaded on first use; types and enumerations load no component, so that
 * importing the package needs nothing that the program does not use.
 */
import type * as cluster from "./couchdb/cluster/couchdb-cluster";
import type * as credentials from "./couchdb/credentials/couchdb-credentials";
import type * as database from "./couchdb/database/couchdb-database";
import type * as membership from "./couchdb/membership/couchdb-membership";
import type * as sidecar from "./couchdb/sidecar/couch-discover";
import { lazyLoad } from "./lazy";
import type * as reschedule from "./reschedule/reschedule-hook";

export type { CouchDbConnection, CouchDbConnectionArgs, Tls, TlsArgs } from "./clients/couchdb/connection";
export type { KubernetesAccess, KubernetesAccessArgs } from "./clients/kubernetes/access";
export { type CouchDbClusterArgs, Join } from "./couchdb/cluster/args";
export type { ClusterMembership } from "./couchdb/cluster/couchdb-cluster";
export type {
  ClusterEgressArgs,
  ClusterEgressPortArgs,
  ClusterIngressArgs,
  ClusterNetworkPolicyArgs,
  ClusterServiceArgs,
  ClusterTlsArgs,
} from "./couchdb/cluster/network-args";
export type { ClusterProbesArgs, ProbeTimingArgs, SidecarArgs } from "./couchdb/cluster/pod-args";
export type { AdminSecretArgs } from "./couchdb/credentials/admin-secret";
export type { CouchDbCredentialsArgs, CouchDbCredentialsKeepersArgs } from "./couchdb/credentials/args";
export { PasswordHashFunction } from "./couchdb/credentials/password-hash";
export type { CouchDbDatabaseArgs, CouchDbSecurityArgs, CouchDbSecurityGroupArgs } from "./couchdb/database/args";
export type { CouchDbMembershipArgs, CouchDbNodeArgs, RolloutArgs } from "./couchdb/membership/args";
export type { CouchDiscoverArgs } from "./couchdb/sidecar/args";
export { Spread } from "./kubernetes/spread";
export {
  FailurePolicy,
  type HookCertificateArgs,
  type IssuerRefArgs,
  type KeyValueArgs,
  type PresetArgs,
  Reschedule,
  type RescheduleHookArgs,
  TrackingResource,
} from "./reschedule/args";
export { Presets } from "./reschedule/presets";
export { LogLevel } from "./runtime/log";

// Each class is named three times: as a type, as a value that the compiler and Node.js' ES module loader see, and as the
// export that loads it.

export type CouchDbCluster = cluster.CouchDbCluster;
export const CouchDbCluster: typeof cluster.CouchDbCluster = undefined as never;
lazyLoad(exports, ["CouchDbCluster"], () => require("./couchdb/cluster/couchdb-cluster"));

export type CouchDbCredentials = credentials.CouchDbCredentials;
export const CouchDbCredentials: typeof credentials.CouchDbCredentials = undefined as never;
lazyLoad(exports, ["CouchDbCredentials"], () => require("./couchdb/credentials/couchdb-credentials"));

export type CouchDbDatabase = database.CouchDbDatabase;
export const CouchDbDatabase: typeof database.CouchDbDatabase = undefined as never;
lazyLoad(exports, ["CouchDbDatabase"], () => require("./couchdb/database/couchdb-database"));

export type CouchDbMembership = membership.CouchDbMembership;
export const CouchDbMembership: typeof membership.CouchDbMembership = undefined as never;
lazyLoad(exports, ["CouchDbMembership"], () => require("./couchdb/membership/couchdb-membership"));

export type CouchDiscover = sidecar.CouchDiscover;
export const CouchDiscover: typeof sidecar.CouchDiscover = undefined as never;
lazyLoad(exports, ["CouchDiscover"], () => require("./couchdb/sidecar/couch-discover"));

export type RescheduleHook = reschedule.RescheduleHook;
export const RescheduleHook: typeof reschedule.RescheduleHook = undefined as never;
lazyLoad(exports, ["RescheduleHook"], () => require("./reschedule/reschedule-hook"));
