/** Who asks: Basic credentials and session cookies against `[admins]` and `_users`, and the lock after wrong passwords. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { RawRequest } from "./http";
import { type Config, type Hasher, HttpError, type PasswordHash, type User } from "./node-context";
import { parseAdminLine } from "./passwords";

const anonymous: User = { name: null, roles: [] };
const wrongPassword = "Name or password is incorrect.";
const malformedCookie = "Malformed AuthSession cookie. Please clear your cookies.";

interface Account {
  roles: string[];
  /** Absent while a new password has not been hashed yet. */
  hash: PasswordHash | undefined;
}

/** Finds out the user of a request. */
export class Authentication {
  private readonly failures = new Map<string, { count: number; since: number }>();

  constructor(
    private readonly config: Config,
    private readonly hasher: Hasher,
    private readonly userDocument: (name: string) => Promise<Record<string, unknown> | undefined>,
  ) {}

  /** The user of a request; 401 for wrong credentials, even where none are needed. */
  async user(request: RawRequest): Promise<User> {
    return (await this.cookieUser(request)) ?? (await this.basicUser(request)) ?? anonymous;
  }

  /** Checks a name and a password: 401 for wrong ones, 403 after too many wrong ones. */
  async login(name: string, password: string, address: string): Promise<User> {
    const account = await this.account(name);
    if (!account) throw new HttpError(401, "unauthorized", wrongPassword);
    this.refuseLocked(name, address);
    if (!account.hash || !(await this.hasher.verify(password, account.hash))) {
      this.countFailure(name, address);
      throw new HttpError(401, "unauthorized", wrongPassword);
    }
    return { name, roles: account.roles };
  }

  /** The Set-Cookie value of a session, made up of name, time and a keyed hash of both; empty without a user. */
  async sessionCookie(name: string | null): Promise<string> {
    const seconds = this.timeout();
    const token = name === null ? "" : await this.token(name, Math.floor(Date.now() / 1000));
    const expires = new Date(Date.now() + seconds * 1000).toUTCString().replace(/(\d\d) (\w{3}) (\d{4})/, "$1-$2-$3");
    return `AuthSession=${token}; Version=1; Expires=${expires}; Max-Age=${seconds}; Path=/; HttpOnly`;
  }

  private async cookieUser(request: RawRequest): Promise<User | undefined> {
    const token = /(?:^|;\s*)AuthSession=([^;]*)/.exec(request.headers.cookie ?? "")?.[1];
    if (!token) return undefined;
    const parts = /^(.+?):([0-9A-F]+):/s.exec(Buffer.from(token, "base64url").toString("latin1"));
    if (!parts) throw new HttpError(400, "bad_request", malformedCookie);
    const [, latin1Name, hexTime] = parts as unknown as [string, string, string];
    const name = Buffer.from(latin1Name, "latin1").toString();
    const account = await this.account(name);
    if (!account?.hash || this.config.get("chttpd_auth", "secret") === undefined) return undefined;
    const time = Number.parseInt(hexTime, 16);
    const expected = Buffer.from(await this.token(name, time));
    const given = Buffer.from(token);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    if (Date.now() / 1000 >= time + this.timeout()) return undefined;
    return { name, roles: account.roles, authenticated: "cookie" };
  }

  private async basicUser(request: RawRequest): Promise<User | undefined> {
    const encoded = /^Basic +(.*)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (encoded === undefined) return undefined;
    if (!/^[A-Za-z0-9+/\s]*={0,2}$/.test(encoded)) {
      throw new HttpError(500, "unknown_error", "badarg", { ref: 2650020842 });
    }
    const credentials = Buffer.from(encoded, "base64").toString();
    const colon = credentials.indexOf(":");
    if (colon < 0) return undefined;
    const user = await this.login(credentials.slice(0, colon), credentials.slice(colon + 1), request.address);
    return { ...user, authenticated: "default" };
  }

  private async account(name: string): Promise<Account | undefined> {
    const line = this.config.get("admins", name);
    if (line !== undefined) return { roles: ["_admin"], hash: parseAdminLine(line) };
    const document = await this.userDocument(name);
    if (!document) return undefined;
    const roles = Array.isArray(document.roles) ? document.roles.map(String) : [];
    const hashed = document.password_scheme === "pbkdf2" && typeof document.derived_key === "string";
    return { roles, hash: hashed ? (document as unknown as PasswordHash) : undefined };
  }

  private async token(name: string, time: number): Promise<string> {
    const salt = (await this.account(name))?.hash?.salt ?? "";
    const content = `${name}:${time.toString(16).toUpperCase()}`;
    const mac = createHmac("sha256", this.secret() + salt).update(content);
    return Buffer.concat([Buffer.from(`${content}:`), mac.digest()]).toString("base64url");
  }

  /** The first session makes a secret where there is none. */
  private secret(): string {
    const known = this.config.get("chttpd_auth", "secret");
    if (known !== undefined) return known;
    const secret = randomBytes(16).toString("hex");
    this.config.set("chttpd_auth", "secret", secret);
    return secret;
  }

  private timeout(): number {
    return Number(this.config.get("chttpd_auth", "timeout") ?? 600);
  }

  private lockout(key: string, fallback: number): number {
    return Number(this.config.get("chttpd_auth_lockout", key) ?? fallback);
  }

  private refuseLocked(name: string, address: string): void {
    const key = JSON.stringify([address, name]);
    const failed = this.failures.get(key);
    if (!failed) return;
    if (Date.now() - failed.since >= this.lockout("max_lifetime", 300_000)) this.failures.delete(key);
    else if (failed.count >= this.lockout("threshold", 5)) {
      const reason = "Account is temporarily locked due to multiple authentication failures";
      throw new HttpError(403, "forbidden", reason);
    }
  }

  private countFailure(name: string, address: string): void {
    const key = JSON.stringify([address, name]);
    const failed = this.failures.get(key) ?? { count: 0, since: Date.now() };
    this.failures.set(key, { ...failed, count: failed.count + 1 });
  }
}
