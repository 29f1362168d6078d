export type { Connection, Tls } from "./clients/connection";
export {
  type ClusterEgressArgs,
  type ClusterEgressPortArgs,
  type ClusterIngressArgs,
  type ClusterNetworkPolicyArgs,
  type ClusterProbesArgs,
  type ClusterServiceArgs,
  type ClusterTlsArgs,
  type CouchDbClusterArgs,
  Join,
  type ProbeTimingArgs,
  type SidecarArgs,
  Spread,
} from "./couchdb/cluster/args";
export { type ClusterMembership, CouchDbCluster } from "./couchdb/cluster/couchdb-cluster";
export {
  AdminCredentials,
  type AdminCredentialsArgs,
  type CredentialsKeepersArgs,
} from "./couchdb/credentials/admin-credentials";
export type { AdminSecretArgs } from "./couchdb/credentials/admin-secret";
export { PasswordHashFunction } from "./couchdb/credentials/password-hash";
export {
  type ClusterConnectionArgs,
  type KubernetesReachArgs,
  Membership,
  type MembershipArgs,
  type MembershipNodeArgs,
  type RolloutArgs,
  type TlsArgs,
} from "./couchdb/membership/membership";
export { Database, type DatabaseArgs, type SecurityArgs, type SecurityGroupArgs } from "./data/database/database";
export type { CouchDiscoverArgs } from "./discover/args";
export { CouchDiscover } from "./discover/couch-discover";
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
