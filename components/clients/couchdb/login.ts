import type { CouchDbConnection } from "./connection";
import { CouchDbError } from "./error";

/**
 * Milliseconds for which a refused password is not sent again: five refusals in 300 s lock an account
 * (https://docs.couchdb.org/en/stable/config/auth.html#chttpd_auth_lockout), and one trial may cost two.
 */
const refusalMilliseconds = 150_000;

/**
 * A node refuses the right password for about half a second, until it is hashed: after its start, and when the same one
 * was set again.
 */
const hashingMilliseconds = 1_000;

/** Milliseconds for which a login that is not used is remembered: the node counts refusals for no longer. */
const unusedMilliseconds = 300_000;

/** Who logs in, and by which way the node is reached. */
export type Credentials = Pick<CouchDbConnection, "adminUser" | "adminPassword" | "tls" | "kubernetes">;

type Pause = (milliseconds: number) => Promise<void>;

/**
 * What this process knows of one administrator's password on one node. All clients of the two share it, so that a wrong
 * password costs one request however many resources wait for the node: the first request goes alone, and the others
 * wait for what comes of it.
 */
export class Login {
  private isAccepted = false;
  private refusal: { error: CouchDbError; until: number } | undefined;
  /** The request under way that goes alone. Never rejected; its error is for those who have waited. */
  private trial: Promise<CouchDbError | undefined> | undefined;
  /** Whether the node may be about to hash the password: one refusal is waited out then. */
  private mayBeHashing = false;
  /** Until when no refusal is waited out, as one was and the password is not accepted yet: refusals would add up. */
  private waitsNotBefore = Number.NEGATIVE_INFINITY;
  /** Whether a request was given up: the node may count its password as wrong even so. */
  private wasGivenUp = false;
  private usedAt: number;

  /** @param now milliseconds on a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.usedAt = now();
  }

  /** Whether it has not been used for so long that what it knows is worth nothing. */
  get isOutdated(): boolean {
    return this.now() - this.usedAt > unusedMilliseconds;
  }

  /** Sends a request that carries the password, unless the node is known to refuse it. */
  async send<Answer>(request: () => Promise<Answer>, pause: Pause): Promise<Answer> {
    this.usedAt = this.now();
    for (;;) {
      if (this.isRefused) throw this.refusal!.error;
      if (this.trial) {
        const error = await this.trial;
        if (error) throw error;
        continue;
      }
      if (!this.isAccepted) return this.try(() => this.twiceIfHashing(request, pause));
      try {
        return await request();
      } catch (error) {
        this.learn(error);
        if (!CouchDbError.isRefusal(error)) throw error;
        // It was right a moment ago. Of all that are refused now, one tries again; the others wait for what comes of it.
        if (this.trial || this.isRefused) continue;
        this.isAccepted = false;
        this.mayBeHashing = true;
        return this.try(() => this.waitOut(error as CouchDbError, request, pause));
      }
    }
  }

  private get isRefused(): boolean {
    return this.refusal !== undefined && this.refusal.until > this.now();
  }

  /** Whether the next request had better wait for its answer: if the password is wrong, each that is given up counts. */
  get needsTime(): boolean {
    return this.wasGivenUp && !this.isAccepted;
  }

  /** Records that a request was given up before its answer. */
  giveUp(): void {
    this.wasGivenUp = true;
  }

  /** Has the first refusal waited out: the node may have only just started. No effect once it has answered. */
  expectHashing(): void {
    if (!this.isAccepted && !this.refusal) this.mayBeHashing = true;
  }

  /** Forgets what the node made of the password: another one was set there, or another process runs there now. */
  forget(): void {
    this.isAccepted = false;
    this.wasGivenUp = false;
    this.refusal = undefined;
  }

  private try<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    const trial = request().then(
      (answer) => {
        this.accept();
        return answer;
      },
      (error) => {
        this.learn(error);
        if (CouchDbError.isRefusal(error)) {
          this.isAccepted = false;
          this.refusal = { error: error as CouchDbError, until: this.now() + refusalMilliseconds };
        }
        throw error;
      },
    );
    const own = trial
      .then(
        () => undefined,
        (error) => (isForAll(error) ? error : undefined),
      )
      .finally(() => {
        if (this.trial === own) this.trial = undefined;
      });
    this.trial = own;
    return trial;
  }

  private async twiceIfHashing<Answer>(request: () => Promise<Answer>, pause: Pause): Promise<Answer> {
    try {
      return await request();
    } catch (error) {
      if (!CouchDbError.isRefusal(error)) throw error;
      return this.waitOut(error as CouchDbError, request, pause);
    }
  }

  /** Tries again after a refusal that hashing may explain. Throws it otherwise. */
  private async waitOut<Answer>(refusal: CouchDbError, request: () => Promise<Answer>, pause: Pause): Promise<Answer> {
    const now = this.now();
    if (!this.mayBeHashing || now < this.waitsNotBefore) throw refusal;
    this.mayBeHashing = false;
    this.waitsNotBefore = now + refusalMilliseconds;
    await pause(hashingMilliseconds);
    return request();
  }

  private accept(): void {
    this.isAccepted = true;
    this.wasGivenUp = false;
    this.mayBeHashing = false;
    this.refusal = undefined;
    this.waitsNotBefore = Number.NEGATIVE_INFINITY;
  }

  /** What an error shows of the password. */
  private learn(error: unknown): void {
    if (!(error instanceof CouchDbError)) return;
    if (error.failure === "unreachable") {
      // It may be starting: the next request goes alone again.
      this.isAccepted = false;
      this.mayBeHashing = true;
    }
    // CouchDB checks the password before anything else, so any other answer of its own has taken it.
    else if (error.failure === "failed" && error.error !== undefined) this.accept();
  }
}

/** Whether an error would be the same for any other request. */
function isForAll(error: unknown): error is CouchDbError {
  return CouchDbError.isRefusal(error) || (error instanceof CouchDbError && error.failure === "unreachable");
}

/** The logins of this process. */
export class Logins {
  private readonly logins = new Map<string, Login>();

  constructor(private readonly now?: () => number) {}

  /** How many are remembered. */
  get size(): number {
    return this.logins.size;
  }

  /** The login of these credentials on the node with this URL, the same for all who ask. */
  of(url: string, { adminUser, adminPassword, tls, kubernetes }: Credentials): Login {
    const key = JSON.stringify([url, adminUser, adminPassword, tls, kubernetes?.kubeconfig, kubernetes?.context]);
    const known = this.logins.get(key);
    if (known) return known;
    // A program that runs for months sees many passwords come and go.
    for (const [other, { isOutdated }] of this.logins) if (isOutdated) this.logins.delete(other);
    const login = new Login(this.now);
    this.logins.set(key, login);
    return login;
  }
}

const logins = new Logins();

/** The login of these credentials on the node with this URL, the same for all clients. */
export function loginOf(url: string, credentials: Credentials): Login {
  return logins.of(url, credentials);
}
