/** Where a node listens over HTTP: its main port, and what the configuration adds: TLS, metrics for everyone. */
import { readFileSync } from "node:fs";
import type { TlsOptions } from "node:tls";
import { type Answerer, HttpListener } from "./http";
import { type Config, HttpError, type HttpResponse } from "./node-context";

export interface Address {
  port: number;
  host: string;
}

/** The listeners of one node. */
export class Listeners {
  private readonly main: HttpListener;
  private besides: HttpListener[] = [];
  private at: Address | undefined;

  constructor(
    private readonly answerer: Answerer,
    private readonly version: string,
    private readonly delay: number,
  ) {
    this.main = new HttpListener(answerer, version, delay);
  }

  /** Opens the main port; answers which it is. */
  async listen({ port, host }: Address): Promise<number> {
    const opened = await this.main.listen(port, host);
    this.at = { port: opened, host };
    return opened;
  }

  /** The address of the main port, once it was open. */
  get host(): string | undefined {
    return this.at?.host;
  }

  /** Whether the main port is this one already. */
  isAt(address: { port: string; host: string }): boolean {
    return address.port === String(this.at?.port) && address.host === this.at?.host;
  }

  /** Opens what the configuration has besides the main port. */
  async listenBesides(config: Config, metrics: () => HttpResponse): Promise<void> {
    if (usesTls(config)) {
      const port = Number(config.get("ssl", "port") ?? 6984);
      await this.add(this.answerer, { port, host: bindHost(config, "chttpd") }, tlsOptions(config));
    }
    if (config.get("prometheus", "additional_port") === "true") {
      const port = Number(config.get("prometheus", "port") ?? 17986);
      await this.add(metricsOnly(metrics), { port, host: bindHost(config, "prometheus") });
    }
  }

  async close(): Promise<void> {
    const all = [this.main, ...this.besides];
    this.besides = [];
    await Promise.all(all.map((listener) => listener.close()));
  }

  /** Breaks the connections that are kept open for another request. */
  closeIdle(): void {
    this.main.closeIdle();
  }

  private async add(answerer: Answerer, { port, host }: Address, tls?: TlsOptions): Promise<void> {
    const listener = new HttpListener(answerer, this.version, this.delay);
    this.besides.push(listener);
    await listener.listen(port, host, tls);
  }
}

/** The address in `bind_address` of a section as sockets want it. */
export function bindHost(config: Config, section: string): string {
  const address = config.get(section, "bind_address") ?? "127.0.0.1";
  return address === "any" ? "0.0.0.0" : address;
}

function usesTls(config: Config): boolean {
  return config.get("ssl", "enable") === "true" || config.get("daemons", "httpsd") !== undefined;
}

function tlsOptions(config: Config): TlsOptions {
  const file = (key: string) => {
    const path = config.get("ssl", key);
    return path === undefined ? undefined : readFileSync(path);
  };
  const [cert, key, ca] = [file("cert_file"), file("key_file"), file("cacert_file")];
  const verify = config.get("ssl", "verify_ssl_certificates") === "true";
  return {
    ...(cert && { cert }),
    ...(key && { key }),
    ...(ca && { ca }),
    ...(verify && { requestCert: true, rejectUnauthorized: true }),
  };
}

/** Answers `/_node/NAME/_prometheus` without credentials, and nothing else. */
function metricsOnly(metrics: () => HttpResponse): Answerer {
  return {
    answer: async ({ segments }) => {
      const [first, , last] = segments;
      if (first !== "_node" || last !== "_prometheus") throw new HttpError(404, "not_found", "missing");
      return metrics();
    },
    render: (error) =>
      error instanceof HttpError
        ? { status: error.status, body: { error: error.error, reason: error.reason } }
        : { status: 500, body: { error: "unknown_error", reason: String(error) } },
    record: () => {},
  };
}
