import { isObject } from "../../runtime/json";
import { ports } from "./names";

/** A configuration of CouchDB by section and key. */
export type Ini = Record<string, Record<string, string>>;

/** What the configuration depends on. */
export interface ConfigNeeds {
  tls: boolean;
  metrics: boolean;
}

/** Where a Secret with certificate and key is mounted. */
export const tlsFolder = "/opt/couchdb/tls";

/** The configuration that every node has, before the user's own. */
export function defaultConfig({ tls, metrics }: ConfigNeeds): Ini {
  return {
    chttpd: {
      bind_address: "any",
      port: String(ports.http),
      // All requests must log in but the probes' /_up. Both settings: with the exception alone browsers never ask for the
      // password, and the web interface can't be opened.
      require_valid_user: "true",
      require_valid_user_except_for_up: "true",
    },
    // `n` copies of each shard: CouchDB makes fewer while there are fewer nodes, so it need not change with `replicas`.
    // Pods that start together don't find each other's names yet, and try again after 5 s instead of 37 s.
    cluster: { q: "2", n: "3", reconnect_interval_sec: "5" },
    // Rejects writes before the disk is full, while there is still room to compact.
    disk_monitor: { enable: "true" },
    ...(tls && {
      ssl: {
        enable: "true",
        port: String(ports.https),
        cert_file: `${tlsFolder}/tls.crt`,
        key_file: `${tlsFolder}/tls.key`,
      },
    }),
    ...(metrics && {
      prometheus: { additional_port: "true", bind_address: "any", port: String(ports.metrics) },
    }),
  };
}

/** One configuration over another. */
export function merged(base: Ini, over: Ini): Ini {
  const sections = [...new Set([...Object.keys(base), ...Object.keys(over)])];
  return Object.fromEntries(sections.map((section) => [section, { ...base[section], ...over[section] }]));
}

/** What this package sets itself, and what the user can do instead. */
const reserved: Record<string, string> = {
  "couchdb.uuid": "give credentials.uuid",
  "couchdb.database_dir": "data lives on the node's volume",
  "couchdb.single_node": "give replicas: 1",
  "chttpd.port": "it is 5984 inside the pods; set another on a Service or Ingress of your own",
  "chttpd.bind_address": "other nodes and the Service must reach it",
  "chttpd.require_valid_user_except_for_up": "Kubernetes asks for /_up without logging in",
  "couchdb.maintenance_mode": "no node would ever be ready; set it on the running node",
  "ssl.enable": "give tls",
  "ssl.port": "it is 6984 inside the pods; set another on a Service or Ingress of your own",
  "ssl.cert_file": "give tls.secretName",
  "ssl.key_file": "give tls.secretName",
  "prometheus.additional_port": "give metrics",
  "prometheus.port": "it is 17986, where metricsClients may read it",
  "chttpd_auth.secret": "give credentials.cookieSecret",
  "couch_httpd_auth.secret": "give credentials.cookieSecret",
};

/** What is wrong with a user's configuration, or nothing. Values are not repeated: they may be secrets. */
export function iniProblem(ini: Ini): string | undefined {
  if (!isObject(ini)) return "give an object of sections: { SECTION: { KEY: VALUE } }";
  for (const [section, entries] of Object.entries(ini)) {
    if (!/^[\w.-]+$/.test(section)) return `[${section}] is not a valid name of a section`;
    if (!isObject(entries)) return `[${section}] must be an object of keys: { KEY: VALUE }`;
    if (section === "admins") return "[admins] is made from credentials; make other administrators as users";
    for (const [key, value] of Object.entries(entries)) {
      const at = `[${section}] ${key}`;
      if (!/^[^\s=;[\]][^=\r\n]*$/.test(key)) return `${at} is not a valid key`;
      const remedy = reserved[`${section}.${key}`];
      if (remedy) return `${at} can't be set here: ${remedy}`;
      if (typeof value !== "string") return `${at} must be a text; put it in quotes`;
      if (/[\r\n]/.test(value)) return `${at} has a line break; an ini file can't hold one`;
      if (/[ \t];/.test(`${key} = ${value}`))
        return `${at} has a semicolon at its start or after a space: CouchDB reads the rest as a comment`;
    }
  }
  return undefined;
}

/** In CouchDB's dialect: without the quotes and escapes that libraries for other dialects add. Sorted, for small diffs. */
export function renderIni(ini: Ini): string {
  const sorted = <T>(entries: Record<string, T>) => Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted(ini)
    .flatMap(([section, entries]) => [
      `[${section}]`,
      ...sorted(entries).map(([key, value]) => `${key} = ${value}`),
      "",
    ])
    .join("\n");
}
