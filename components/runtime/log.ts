/** Levels of a log line, from the most to the least detailed. */
export const levels = ["debug", "info", "warning", "error"] as const;
export type Level = (typeof levels)[number];

/** Writes an event as one line of JSON. */
export type Log = (level: Level, message: string, details?: Record<string, unknown>) => void;

/** The level that a text names, in any case; `undefined` if it names none. Knows the names of other programs too. */
export function levelOf(text: string): Level | undefined {
  const name = text.trim().toLowerCase();
  const aliases: Record<string, Level> = { warn: "warning", fatal: "error", critical: "error" };
  return levels.find((level) => level === name) ?? aliases[name];
}

/** A log that leaves out what is below the threshold. */
export function logTo(write: (line: string) => void, threshold: Level): Log {
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
