/** From the most talkative to the most silent. */
export const levels = ["debug", "info", "warning", "error"] as const;
export type Level = (typeof levels)[number];

/** Writes one line of JSON an event. */
export type Log = (level: Level, message: string, details?: Record<string, unknown>) => void;

/** The level that LOG_LEVEL names, in any case; `undefined` if it names none. */
export function levelOf(text: string): Level | undefined {
  const name = text.trim().toLowerCase();
  const known: Record<string, Level> = { warn: "warning", fatal: "error", critical: "error" };
  return levels.find((level) => level === name) ?? known[name];
}

/** A log that leaves out what is below the threshold. */
export function logTo(write: (line: string) => void, threshold: Level): Log {
  return (level, message, details) => {
    if (levels.indexOf(level) < levels.indexOf(threshold)) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...details })}\n`);
  };
}

/** A log that says the same thing once only. For what is found anew on every round. */
export function withoutRepeats(log: Log): Log {
  const said = new Set<string>();
  return (level, message, details) => {
    const line = JSON.stringify([level, message, details]);
    if (said.has(line)) return;
    // More than enough for what repeats; forgotten as a whole, as memory is small.
    if (said.size === 200) said.clear();
    said.add(line);
    log(level, message, details);
  };
}
