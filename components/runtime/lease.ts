/**
 * Leader election among the processes of a program, on one Lease, as Kubernetes' own programs do it.
 * https://kubernetes.io/docs/concepts/architecture/leases/
 */
import type { V1Lease, V1LeaseSpec, V1OwnerReference } from "../clients/kubernetes/client-library";
import type { ApiRequest, ApiResponse, ApiServer } from "./api-server";
import type { Json, Stored } from "./json";

/** A Lease as it is stored. */
export type Lease = Stored<V1Lease>;

type LeaseSpec = Json<V1LeaseSpec>;

/** When the Lease was last seen to change. Clocks of two machines differ: only the own one counts. */
export interface Sighting {
  resourceVersion: string;
  /** By `performance.now()`. */
  at: number;
}

/** Which Lease the processes compete for. */
export interface LeasePlace {
  name: string;
  namespace: string;
  /** Deleted with this object, if the Lease is created here. */
  owner?: V1OwnerReference;
}

/** Called on changes. */
export interface LeaderObserver {
  /** This process has begun or ceased to lead. */
  leading(leads: boolean): void;
  /** The Lease could not be read or written; it is tried again. */
  problem(message: string): void;
}

/** Seconds for which other processes leave a Lease alone that its holder does not renew. */
const duration = 15;

/** Milliseconds for which the holder relies on it: it must have stopped when others begin. */
const reliance = 10_000;

/** Milliseconds between two looks at the Lease. */
const interval = 2_000;

/** For one request, in milliseconds. */
const requestTimeout = 4_000;

/**
 * What to write into the Lease so that `identity` holds it; `undefined` while another process does. Pure.
 *
 * @param seen when the Lease was last seen to change
 * @param now by `performance.now()`
 */
export function claim(
  lease: Lease | undefined,
  identity: string,
  seen: Sighting | undefined,
  now: number,
): LeaseSpec | undefined {
  // In Kubernetes' MicroTime.
  const time = new Date().toISOString().replace("Z", "000Z");
  const { holderIdentity, leaseDurationSeconds, acquireTime, leaseTransitions } = lease?.spec ?? {};
  const held = { holderIdentity: identity, leaseDurationSeconds: duration, renewTime: time };
  if (holderIdentity === identity) return { ...held, acquireTime, leaseTransitions };
  const expires = (seen?.at ?? now) + (leaseDurationSeconds ?? duration) * 1000;
  if (holderIdentity && now < expires) return undefined;
  return { ...held, acquireTime: time, leaseTransitions: lease ? (leaseTransitions ?? 0) + 1 : 0 };
}

/** Takes part in the election of one leader among all processes that compete for the same Lease. */
export class LeaderElection {
  private until = Number.NEGATIVE_INFINITY;
  /** What was last reported. */
  private led = false;
  private seen: Sighting | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param identity what this process signs the Lease with; no two may have the same */
  constructor(
    private readonly api: Pick<ApiServer, "request">,
    private readonly place: LeasePlace,
    private readonly identity: string,
    private readonly observer: LeaderObserver,
  ) {}

  /** Begins to compete. */
  start(): void {
    const round = async () => {
      await this.round().catch((error: Error) => this.observer.problem(`the Lease: ${error.message}`));
      this.reportLeading();
      if (!this.stopped) this.timer = setTimeout(next, interval);
    };
    const next = () => {
      this.running = round();
    };
    next();
  }

  /** It may also have ceased to lead between two rounds. */
  private reportLeading(): void {
    if (this.leads === this.led) return;
    this.led = this.leads;
    this.observer.leading(this.led);
  }

  /** Whether this process is the leader, and no other one is. To be asked before each act. */
  get leads(): boolean {
    return performance.now() < this.until;
  }

  /** Stops competing, and releases the Lease, so that the next leader need not wait for its expiry. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
    if (!this.leads) return;
    this.until = Number.NEGATIVE_INFINITY;
    const lease = await this.read();
    if (lease?.spec?.holderIdentity !== this.identity) return;
    await this.write(lease, { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 });
  }

  private async round(): Promise<void> {
    const now = performance.now();
    const lease = await this.read();
    const resourceVersion = lease?.metadata.resourceVersion;
    if (resourceVersion !== undefined && resourceVersion !== this.seen?.resourceVersion)
      this.seen = { resourceVersion, at: performance.now() };
    const spec = claim(lease, this.identity, this.seen, performance.now());
    if (spec === undefined) this.until = Number.NEGATIVE_INFINITY;
    else if (await this.write(lease, spec)) this.until = now + reliance;
  }

  private async read(): Promise<Lease | undefined> {
    const { status, text } = await this.request({ method: "GET", path: `${this.path}/${this.place.name}` });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`answered ${status} when read`);
    return JSON.parse(text) as Lease;
  }

  /** Whether it was written: not if another process was faster. */
  private async write(lease: Lease | undefined, spec: LeaseSpec): Promise<boolean> {
    const { name, namespace, owner } = this.place;
    // An existing Lease keeps its metadata.
    const metadata = lease?.metadata ?? { name, namespace, ownerReferences: owner && [owner] };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
    const { status } = lease
      ? await this.request({ method: "PUT", path: `${this.path}/${name}`, body })
      : await this.request({ method: "POST", path: this.path, body });
    if (status >= 400 && status !== 409) throw new Error(`answered ${status} when written`);
    return status < 400;
  }

  private get path(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${this.place.namespace}/leases`;
  }

  private request(request: Omit<ApiRequest, "deadline">): Promise<ApiResponse> {
    return this.api.request({ ...request, deadline: performance.now() + requestTimeout });
  }
}
