/** Where the nodes listen for each other, as epmd knows it. */

import { lookup } from "node:dns/promises";
import { rmSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Registry {
  register(node: string, port: number): Promise<void>;
  unregister(node: string): void;
  lookup(node: string): Promise<{ host: string; port: number } | undefined>;
}

/** For nodes of one process. */
export class LocalRegistry implements Registry {
  private readonly ports = new Map<string, number>();

  async register(node: string, port: number): Promise<void> {
    this.ports.set(node, port);
  }

  unregister(node: string): void {
    this.ports.delete(node);
  }

  async lookup(node: string): Promise<{ host: string; port: number } | undefined> {
    const port = this.ports.get(node);
    return port === undefined ? undefined : { host: "127.0.0.1", port };
  }
}

/** For processes of one machine: a directory with a file a node, holding its port. */
export class DirectoryRegistry implements Registry {
  constructor(private readonly directory: string) {}

  async register(node: string, port: number): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeFile(this.file(node), String(port));
  }

  unregister(node: string): void {
    rmSync(this.file(node), { force: true });
  }

  async lookup(node: string): Promise<{ host: string; port: number } | undefined> {
    const port = await readFile(this.file(node), "utf8").catch(() => undefined);
    return port ? { host: "127.0.0.1", port: Number(port) } : undefined;
  }

  private file(node: string): string {
    return join(this.directory, encodeURIComponent(node));
  }
}

/** For machines (or pods) with one node each: the host is in the node's name, the port is the same everywhere. */
export class FixedPortRegistry implements Registry {
  constructor(private readonly port: number) {}

  async register(): Promise<void> {}

  unregister(): void {}

  async lookup(node: string): Promise<{ host: string; port: number } | undefined> {
    const host = node.split("@")[1];
    // Nodes with long names refuse to call one whose host is not fully qualified.
    if (!host || !/[.:]/.test(host)) return undefined;
    const found = await lookup(host).catch(() => undefined);
    return found && { host: found.address, port: this.port };
  }
}
