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

/** Who logs in, and by which way the node is reached. */
export type Credentials = Pick<CouchDbConnection, "adminUser" | "adminPassword" | "tls" | "kubernetes">;

/**
 * What this process knows of one administrator's password on one node. All clients of the two share it, so that a wrong
 * password costs one request however many resources wait for the node: the first request goes alone, and the others
 * wait for what comes of it.
 */
export class Login {
  private accepted = false;
  private refusal: { error: CouchDbError; until: number } | undefined;
  /** Never rejected; its error is for those who have waited. */
  private trial: Promise<CouchDbError | undefined> | undefined;
  /** Whether the node may be about to hash the password: one refusal is waited out then. */
  private mayBeHashing = false;

  /** Sends a request that carries the password, unless the node is known to refuse it. */
  async send<Answer>(request: () => Promise<Answer>, pause: (milliseconds: number) => Promise<void>): Promise<Answer> {
    for (;;) {
      if (this.refusal && this.refusal.until > performance.now()) throw this.refusal.error;
      if (this.accepted) {
        try {
          return await request();
        } catch (error) {
          this.note(error);
          if (!CouchDbError.isRefusal(error)) throw error;
          // It was right a moment ago. Of all who are refused now, one tries again.
          this.accepted = false;
          this.mayBeHashing = true;
          await pause(hashingMilliseconds);
          continue;
        }
      }
      if (this.trial) {
        const error = await this.trial;
        if (error) throw error;
        continue;
      }
      return await this.try(request, pause);
    }
  }

  /** For a node that may have only just started, which nobody has seen: as the one beside a program that starts. */
  expectHashing(): void {
    if (!this.accepted && !this.refusal) this.mayBeHashing = true;
  }

  /** Has the password tried again: it was set on the node, or another process runs there now. */
  forgetRefusal(): void {
    this.refusal = undefined;
  }

  private async try<Answer>(
    request: () => Promise<Answer>,
    pause: (milliseconds: number) => Promise<void>,
  ): Promise<Answer> {
    let settle: (error: CouchDbError | undefined) => void = () => {};
    this.trial = new Promise((resolve) => {
      settle = resolve;
    });
    let shared: CouchDbError | undefined;
    try {
      const answer = await this.twiceIfHashing(request, pause);
      this.accepted = true;
      return answer;
    } catch (error) {
      this.note(error);
      if (CouchDbError.isRefusal(error))
        this.refusal = { error: error as CouchDbError, until: performance.now() + refusalMilliseconds };
      if (error instanceof CouchDbError && (this.refusal || error.failure === "unreachable")) shared = error;
      throw error;
    } finally {
      this.trial = undefined;
      settle(shared);
    }
  }

  private async twiceIfHashing<Answer>(
    request: () => Promise<Answer>,
    pause: (milliseconds: number) => Promise<void>,
  ): Promise<Answer> {
    try {
      return await request();
    } catch (error) {
      if (!CouchDbError.isRefusal(error) || !this.mayBeHashing) throw error;
      this.mayBeHashing = false;
      await pause(hashingMilliseconds);
      return request();
    }
  }

  /** What an error tells of the password: a node that was out of reach has perhaps just started. */
  private note(error: unknown): void {
    if (!(error instanceof CouchDbError)) return;
    if (error.failure === "unreachable") this.mayBeHashing = true;
    // CouchDB checks the password before anything else, so any other answer of its own has taken it.
    else if (error.failure === "refused" && error.error !== undefined) this.accepted = true;
  }
}

const logins = new Map<string, Login>();

/** The login of these credentials on the node with this URL, the same for all who ask. */
export function loginOf(url: string, { adminUser, adminPassword, tls, kubernetes }: Credentials): Login {
  const key = JSON.stringify([url, adminUser, adminPassword, tls, kubernetes?.kubeconfig, kubernetes?.context]);
  const login = logins.get(key) ?? new Login();
  logins.set(key, login);
  return login;
}
