/** Takes one line of progress. */
export type Say = (line: string) => void;

/** The usual place for progress: stderr, so that stdout stays for results. */
export const sayOnStderr: Say = (line) => process.stderr.write(`toolchain: ${line}\n`);

/** Says what begins, does it, and says how long it took. */
export async function timed<T>(say: Say, what: string, hint: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const seconds = () => `${Math.round((performance.now() - began) / 1000)} s`;
  say(`${what} (${hint}) …`);
  try {
    const result = await work();
    say(`${what}: done in ${seconds()}`);
    return result;
  } catch (error) {
    say(`${what}: failed after ${seconds()}`);
    throw error;
  }
}
