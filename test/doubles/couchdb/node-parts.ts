/** What a running node of the HTTP and cluster half is made of. */
import type { Authentication } from "./authentication";
import type { NodeConfig } from "./config";
import type { Distribution } from "./distribution";
import type { Membership } from "./membership";
import type { DataPlaneLike } from "./node-context";
import type { Seeds } from "./seeds";

export interface NodeParts {
  readonly name: string;
  readonly version: string;
  readonly startedAt: number;
  readonly connectTimeout: number;
  readonly config: NodeConfig;
  readonly distribution: Distribution;
  readonly membership: Membership;
  readonly seeds: Seeds;
  readonly authentication: Authentication;
  readonly data: DataPlaneLike;
  /** The uuid of the server, made when first asked for. */
  uuid(): string;
  /** Stops and starts the node a moment later. */
  restartSoon(): void;
}
