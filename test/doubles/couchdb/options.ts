/** What a test says of the nodes it wants, and what it gets. */
import { DirectoryRegistry, FixedPortRegistry, type LocalRegistry, type Registry } from "./registry";

export interface NodeOptions {
  /** Erlang name; default nodeK@127.0.0.1. */
  name?: string;
  /** 0 or absent: any free port. */
  port?: number;
  /** The address to listen on; default 127.0.0.1. */
  host?: string;
  /** As the container image starts it: bind_address any, so `cluster_enabled` at once. Default false. */
  docker?: boolean;
  /** Erlang cookie, default the same for all. */
  cookie?: string;
  /** Whether `[chttpd_auth] secret` is there. Default true (the same for all). */
  secret?: boolean;
  /** Default adm/pass. A password may be a hashed line as `[admins]` has it. */
  admin?: { name: string; password: string };
  /** More configuration, section -> key -> value. */
  ini?: Record<string, Record<string, string>>;
  /** What `GET /` says, default 3.5.0. */
  version?: string;
  /** PBKDF2 rounds. Default 600000 as the real one: hashing and the first check of a password really cost that. */
  hashIterations?: number;
  /** Milliseconds before every answer. */
  responseDelay?: number;
  /** Milliseconds that `finish_cluster` waits for members to connect. Default 5000 as the real one. */
  connectTimeout?: number;
  /**
   * Nodes of several processes: one node a machine or pod, each on this same port, the host being in its name …
   */
  distributionPort?: number;
  /** … or on one machine, finding each other in this directory. By default only the nodes of one call meet. */
  registry?: string;
  /** Where the databases are kept as files, so that they outlive the process. Default: in memory. */
  dataFolder?: string;
  /**
   * The configuration as files and folders of files, in the order in which they are read; changes are written to the last
   * one. With it `admin`, `secret`, `docker`, `ini`, `port` and `hashIterations` say nothing, and the node listens over
   * HTTP where the files say.
   */
  iniFiles?: string[];
  /** Called with a line for every answer, which is not remembered in `requests` then. */
  log?: (line: string) => void;
}

export interface CouchDbNode {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  /** With the admin's name and password. */
  readonly adminUrl: string;
  /** What it was asked so far. */
  readonly requests: { method: string; path: string; status: number }[];
  /** Ends it at once. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it with the data and the written configuration it had. */
  start(): Promise<void>;
  /** Starts it with an empty disk. */
  reset(): Promise<void>;
}

/** NodeOptions with everything decided. */
export interface NodeSettings {
  name: string;
  port: number;
  host: string;
  docker: boolean;
  cookie: string;
  secret: string | undefined;
  admin: { name: string; password: string };
  ini: Record<string, Record<string, string>>;
  version: string;
  hashIterations: number | undefined;
  responseDelay: number;
  connectTimeout: number;
  distributionPort: number;
  registry: Registry;
  dataFolder: string | undefined;
  iniFiles: string[] | undefined;
  log: ((line: string) => void) | undefined;
}

/** Fills in the defaults for the node with that number, counted from 1; nodes with one `shared` registry can meet. */
export function settingsOf(options: NodeOptions, number: number, shared: LocalRegistry): NodeSettings {
  const { registry, distributionPort } = options;
  return {
    name: options.name ?? `node${number}@127.0.0.1`,
    port: options.port ?? 0,
    host: options.host ?? "127.0.0.1",
    docker: options.docker ?? false,
    cookie: options.cookie ?? "couchdb-double",
    secret: options.secret === false ? undefined : "0123456789abcdef0123456789abcdef",
    admin: options.admin ?? { name: "adm", password: "pass" },
    ini: options.ini ?? {},
    version: options.version ?? "3.5.0",
    hashIterations: options.hashIterations,
    responseDelay: options.responseDelay ?? 0,
    connectTimeout: options.connectTimeout ?? 5000,
    distributionPort: distributionPort ?? 0,
    dataFolder: options.dataFolder,
    iniFiles: options.iniFiles,
    log: options.log,
    registry: distributionPort
      ? new FixedPortRegistry(distributionPort)
      : registry
        ? new DirectoryRegistry(registry)
        : shared,
  };
}
