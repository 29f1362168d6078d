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

/** Milliseconds between looks at the files, should nobody tell that they have changed. */
const interval = 10_000;

/**
 * Has a server show what the files hold, for as long as it runs: new connections get the new certificate, those that
 * are open go on. Files that don't belong together, as in the middle of a change, are left for the next look.
 */
export class CertificateReload {
  private readonly timer: NodeJS.Timeout;
  private watcher: FSWatcher | undefined;
  private complained = "";

  constructor(
    private readonly files: CertificateFiles,
    private current: Certificate,
    private readonly server: Pick<Server, "setSecureContext">,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => this.look(), interval);
    try {
      // The folder, as the kubelet changes a Secret's files by one symbolic link.
      this.watcher = watch(dirname(files.certificateFile), () => this.look());
      this.watcher.on("error", () => this.watcher?.close());
    } catch {
      // A machine out of watches: the timer does.
    }
  }

  stop(): void {
    clearInterval(this.timer);
    this.watcher?.close();
  }

  private look(): void {
    try {
      const found = readCertificate(this.files);
      if (found.cert === this.current.cert && found.key === this.current.key) return;
      this.server.setSecureContext(found);
      this.current = found;
      this.complained = "";
      this.log("info", "the certificate has changed");
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.complained) this.log("warning", `the certificate stays as it was: ${message}`);
      this.complained = message;
    }
  }
}

/**
 * Reads certificate and key.
 *
 * @throws Error if they are no pair.
 */
export function readCertificate({ certificateFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: readFileSync(certificateFile, "utf8"), key: readFileSync(keyFile, "utf8") };
  createSecureContext(certificate);
  return certificate;
}
