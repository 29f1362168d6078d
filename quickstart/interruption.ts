const SIGNALS: Record<string, number> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * Runs a command of the quickstart: its errors become one message and status 1. The first signal asks it to end in
 * good order, the second ends it at once; either way with the status that shells know for that signal.
 *
 * @param onSignal asks child processes to end; not called for Ctrl-C, which the terminal sends to all of them
 * @param hint shown when it fails: how to go on
 */
export function runCommand(main: () => Promise<void>, onSignal: () => void, hint: string): void {
  let status = 0;
  for (const [signal, itsStatus] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (status !== 0) process.exit(itsStatus);
      status = itsStatus;
      if (signal !== "SIGINT" || !process.stdin.isTTY) onSignal();
    });
  }
  main()
    .catch((error: unknown) => {
      if (status === 0) console.error(`\n${error instanceof Error ? error.message : error}`);
      status ||= 1;
    })
    .finally(() => {
      if (status !== 0) console.error(`\n${hint}`);
      process.exit(status);
    });
}
