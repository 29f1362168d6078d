/** Which credentials the word `auth` of an exchange stands for. */
import type { Exchange } from "./recording";

/** The server admin of every recorded node. */
export const ADMIN = { user: "adm", password: "pass" };

const KNOWN: Record<string, [user: string, password: string]> = {
  wrong: [ADMIN.user, "wrong"],
  nobody: ["nobody", "nothing"],
  other: [ADMIN.user, "other"],
  newadmin: ["newadmin", "secret1"],
  newadmin2: ["newadmin", "secret2"],
  root2: ["root2", "rootpw"],
  second: ["second", "second"],
};

const FORGED_COOKIE = `${Buffer.from("bob:6A0F0000:").toString("base64url")}0123456789abcdef`;

/** Remembers passwords and session cookies as the requests of a scenario make them. */
export class Credentials {
  private readonly passwords = new Map<string, string[]>();
  private readonly cookies = new Map<string, string>();

  constructor(private readonly admin: { user: string; password: string }) {}

  /** The header that an exchange is sent with. */
  headers(exchange: Exchange): Record<string, string> {
    const [word, name] = exchange.auth.split(":");
    switch (word) {
      case "none":
      case "raw":
        return {};
      case "admin":
        return basic(this.admin.user, this.admin.password);
      case "user":
        return basic(name as string, this.passwordOf(name as string, /\bold password/.test(exchange.note ?? "")));
      case "cookie":
        return { cookie: `AuthSession=${this.cookie(name as string)}` };
      default: {
        const known = KNOWN[exchange.auth];
        if (!known) throw new Error(`Unknown credentials: ${exchange.auth}`);
        return basic(...known);
      }
    }
  }

  /** Takes in what a request and its answer change. */
  learn(exchange: Exchange, setCookie: string | undefined): void {
    const body = exchange.request_body as { name?: string; password?: string } | undefined;
    const user = /^\/_users\/org\.couchdb\.user:(\w+)$/.exec(exchange.path)?.[1];
    if (exchange.method === "PUT" && exchange.status === 201 && user !== undefined && body?.password !== undefined) {
      this.passwords.set(user, [...(this.passwords.get(user) ?? []), body.password]);
    }
    const cookie = /^AuthSession=([^;]+);/.exec(setCookie ?? "")?.[1];
    if (exchange.method === "POST" && cookie !== undefined && body?.name) this.cookies.set(body.name, cookie);
  }

  /** Forgets what belonged to nodes that are gone. */
  reset(): void {
    this.passwords.clear();
    this.cookies.clear();
  }

  private passwordOf(user: string, old: boolean): string {
    const passwords = this.passwords.get(user) ?? [];
    return passwords.at(old ? -2 : -1) ?? passwords[0] ?? "";
  }

  private cookie(name: string): string {
    if (name === "bad") return FORGED_COOKIE;
    if (name === "garbage") return "garbage";
    return this.cookies.get(name) ?? "";
  }
}

function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}
