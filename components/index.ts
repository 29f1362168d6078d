export type { Connection, Tls } from "./clients/connection";
export {
  AdminCredentials,
  type AdminCredentialsArgs,
  type CredentialsKeepersArgs,
} from "./couchdb/credentials/admin-credentials";
export { PasswordHashFunction } from "./couchdb/credentials/password-hash";
export {
  type ClusterConnectionArgs,
  Membership,
  type MembershipArgs,
  type MembershipNodeArgs,
  type TlsArgs,
} from "./couchdb/membership/membership";
export { Database, type DatabaseArgs, type SecurityArgs, type SecurityGroupArgs } from "./data/database/database";
