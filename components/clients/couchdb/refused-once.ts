import { CouchDbError } from "./error";

/**
 * Asks a node that has taken the password before, or has only just come up. It refuses the right one for about half a
 * second, until it is hashed: after its start, and when somebody has set the same one again. So a refusal is waited out,
 * once, as refusals count: five lock the account.
 */
export async function unlessRefusedTwice<Result>(
  ask: () => Promise<Result>,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!CouchDbError.isRefusal(error)) throw error;
    await pause(1000);
    return ask();
  }
}
