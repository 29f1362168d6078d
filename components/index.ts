export type { CouchDbConnection, Tls } from "./clients/couchdb/connection";
export { type CouchDbClusterArgs, Join } from "./couchdb/cluster/args";
export { type ClusterMembership, CouchDbCluster } from "./couchdb/cluster/couchdb-cluster";
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
export {
  CouchDbCredentials,
  type CouchDbCredentialsArgs,
  type CouchDbCredentialsKeepersArgs,
} from "./couchdb/credentials/couchdb-credentials";
export { PasswordHashFunction } from "./couchdb/credentials/password-hash";
export {
  CouchDbDatabase,
  type CouchDbDatabaseArgs,
  type CouchDbSecurityArgs,
  type CouchDbSecurityGroupArgs,
} from "./couchdb/database/couchdb-database";
export {
  type CouchDbConnectionArgs,
  CouchDbMembership,
  type CouchDbMembershipArgs,
  type CouchDbNodeArgs,
  type KubernetesAccessArgs,
  type RolloutArgs,
  type TlsArgs,
} from "./couchdb/membership/couchdb-membership";
export type { CouchDiscoverArgs } from "./couchdb/sidecar/args";
export { CouchDiscover } from "./couchdb/sidecar/couch-discover";
export { Spread } from "./kubernetes/spread";
export {
  FailurePolicy,
  type HookCertificateArgs,
  type IssuerRefArgs,
  type KeyValueArgs,
  Reschedule,
  type RescheduleHookArgs,
  TrackingResource,
} from "./reschedule/args";
export { type PresetArgs, Presets } from "./reschedule/presets";
export { RescheduleHook } from "./reschedule/reschedule-hook";
