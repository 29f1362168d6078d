/** How much a program logs: lines of this level and of those below it here. */
export const LogLevel = {
  /** Every request to the Kubernetes API server. */
  Debug: "debug",
  /** What the program does. */
  Info: "info",
  /** What was not as expected, and goes on all the same. */
  Warning: "warning",
  /** What failed. */
  Error: "error",
} as const;
/** One of {@link LogLevel}. */
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** All levels, from the most to the least detailed. */
export const levels: readonly LogLevel[] = Object.values(LogLevel);

/** Writes an event as one line of JSON. */
export type Log = (level: LogLevel, message: string, details?: Record<string, unknown>) => void;

/** The level that a text names, in any case; `undefined` if it names none. Knows the names of other programs too. */
export function levelOf(text: string): LogLevel | undefined {
  const name = text.trim().toLowerCase();
  const aliases: Record<string, LogLevel> = { warn: "warning", fatal: "error", critical: "error" };
  return levels.find((level) => level === name) ?? aliases[name];
}

/** A log that leaves out what is below the threshold. */
export function logTo(write: (line: string) => void, threshold: LogLevel): Log {
  return (level, message, details) => {
    if (levels.indexOf(level) < levels.indexOf(threshold)) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...details })}\n`);
  };
}

/** A log that writes the same line only once. For what is found again on every round. */
export function withoutRepeats(log: Log): Log {
  const written = new Set<string>();
  return (level, message, details) => {
    const line = JSON.stringify([level, message, details]);
    if (written.has(line)) return;
    // Memory is small. 200 are more than enough for what repeats.
    if (written.size === 200) written.clear();
    written.add(line);
    log(level, message, details);
  };
}
