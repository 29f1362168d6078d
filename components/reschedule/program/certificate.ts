import { type FSWatcher, readFileSync, watch } from "node:fs";
import type { Server } from "node:https";
import { dirname } from "node:path";
import { createSecureContext } from "node:tls";
import type { Log } from "../../runtime/log";

/** A certificate and its key, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** The files of a mounted Secret. */
export interface CertificateFiles {
  certificateFile: string;
  keyFile: string;
}

/** Milliseconds between two reads of the files, in case no change is reported. */
const interval = 10_000;

/**
 * Keeps the certificate of a server up to date with its files: new connections get the new certificate, open ones go
 * on. A certificate and key that do not belong together, as in the middle of a change, are left for the next read.
 */
export class CertificateReload {
  private readonly timer: NodeJS.Timeout;
  private watcher: FSWatcher | undefined;
  private lastProblem = "";

  constructor(
    private readonly files: CertificateFiles,
    private current: Certificate,
    private readonly server: Pick<Server, "setSecureContext">,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => this.reload(), interval);
    try {
      // The folder, as the kubelet changes a Secret's files by one symbolic link.
      this.watcher = watch(dirname(files.certificateFile), () => this.reload());
      this.watcher.on("error", () => this.watcher?.close());
    } catch {
      // No watches left on this machine: the timer reloads.
    }
  }

  /** Stops watching the files. */
  stop(): void {
    clearInterval(this.timer);
    this.watcher?.close();
  }

  private reload(): void {
    try {
      const found = readCertificate(this.files);
      if (found.cert === this.current.cert && found.key === this.current.key) return;
      this.server.setSecureContext(found);
      this.current = found;
      this.lastProblem = "";
      this.log("info", "the certificate was reloaded");
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.lastProblem) this.log("warning", `the certificate was not reloaded: ${message}`);
      this.lastProblem = message;
    }
  }
}

/**
 * Reads certificate and key.
 *
 * @throws Error if they are not a pair
 */
export function readCertificate({ certificateFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: readFileSync(certificateFile, "utf8"), key: readFileSync(keyFile, "utf8") };
  createSecureContext(certificate);
  return certificate;
}
