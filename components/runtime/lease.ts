import type { ApiRequest, ApiServer } from "./api-server";

/** What of a Lease (coordination.k8s.io/v1) is looked at. */
export interface Lease {
  metadata: { name: string; namespace: string; resourceVersion?: string; ownerReferences?: object[] };
  spec: LeaseSpec;
}

interface LeaseSpec {
  holderIdentity?: string | null;
  leaseDurationSeconds?: number | null;
  acquireTime?: string | null;
  renewTime?: string | null;
  leaseTransitions?: number | null;
}

/** The lease as it was last seen to change. Clocks of two machines differ: only the own one is gone by. */
export interface Sighting {
  resourceVersion: string;
  /** By `performance.now()`. */
  at: number;
}

/** Where the Lease is. */
export interface LeasePlace {
  name: string;
  namespace: string;
  /** The ServiceAccount that the Lease shall not outlive. */
  owner?: { name: string; uid: string };
}

/** Seconds for which others must leave a lease alone that its holder does not renew. */
const duration = 15;

/** Milliseconds for which the holder relies on it: it must have stopped when others begin. */
const reliance = 10_000;

/** Milliseconds between looks. */
const interval = 2_000;

/** What to write, if anything: `undefined` while another holds the lease. */
export function claim(
  lease: Lease | undefined,
  me: string,
  seen: Sighting | undefined,
  now: number,
): LeaseSpec | undefined {
  const time = new Date().toISOString().replace("Z", "000Z");
  const { holderIdentity, leaseDurationSeconds, acquireTime, leaseTransitions } = lease?.spec ?? {};
  if (holderIdentity === me)
    return { holderIdentity: me, leaseDurationSeconds: duration, acquireTime, renewTime: time, leaseTransitions };
  const expires = (seen?.at ?? now) + (leaseDurationSeconds ?? duration) * 1000;
  if (holderIdentity && now < expires) return undefined;
  return {
    holderIdentity: me,
    leaseDurationSeconds: duration,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: lease ? (leaseTransitions ?? 0) + 1 : 0,
  };
}

/** Takes part in the choice of one leader among all processes that go by the same Lease. */
export class Leadership {
  private until = Number.NEGATIVE_INFINITY;
  private seen: Sighting | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly api: Pick<ApiServer, "ask">,
    private readonly place: LeasePlace,
    private readonly me: string,
    /** Told of each change, and of what went wrong. */
    private readonly observe: { leading(leads: boolean): void; trouble(message: string): void },
  ) {}

  start(): void {
    const round = async () => {
      const led = this.leads;
      await this.round().catch((error: Error) => this.observe.trouble(`the Lease: ${error.message}`));
      if (this.leads !== led) this.observe.leading(this.leads);
      if (!this.stopped) this.timer = setTimeout(next, interval);
    };
    const next = () => {
      this.running = round();
    };
    next();
  }

  /** Whether this process is the leader, for sure. */
  get leads(): boolean {
    return performance.now() < this.until;
  }

  /** Gives the lease back, so that the next one need not wait for its end. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
    if (!this.leads) return;
    this.until = Number.NEGATIVE_INFINITY;
    const lease = await this.read();
    if (lease?.spec.holderIdentity !== this.me) return;
    await this.write(lease, { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 });
  }

  private async round(): Promise<void> {
    const now = performance.now();
    const lease = await this.read();
    const resourceVersion = lease?.metadata.resourceVersion;
    if (resourceVersion !== undefined && resourceVersion !== this.seen?.resourceVersion)
      this.seen = { resourceVersion, at: performance.now() };
    const spec = claim(lease, this.me, this.seen, performance.now());
    if (spec === undefined) this.until = Number.NEGATIVE_INFINITY;
    else if (await this.write(lease, spec)) this.until = now + reliance;
  }

  private async read(): Promise<Lease | undefined> {
    const { status, text } = await this.ask({ method: "GET", path: `${this.path}/${this.place.name}` });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`answered ${status} when read`);
    return JSON.parse(text) as Lease;
  }

  /** Whether it was written: not if another was faster. */
  private async write(lease: Lease | undefined, spec: LeaseSpec): Promise<boolean> {
    const { name, namespace, owner } = this.place;
    // With its owner it goes; one that somebody else has made is left as it is.
    const ownerReferences = owner && [{ apiVersion: "v1", kind: "ServiceAccount", ...owner }];
    const metadata = lease?.metadata ?? { name, namespace, ownerReferences };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
    const { status } = lease
      ? await this.ask({ method: "PUT", path: `${this.path}/${name}`, body })
      : await this.ask({ method: "POST", path: this.path, body });
    if (status >= 400 && status !== 409) throw new Error(`answered ${status} when written`);
    return status < 400;
  }

  private get path(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${this.place.namespace}/leases`;
  }

  private ask(question: Omit<ApiRequest, "deadline">) {
    return this.api.ask({ ...question, deadline: performance.now() + 4_000 });
  }
}
