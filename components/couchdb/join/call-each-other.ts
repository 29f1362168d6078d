import { type CouchDbClient, pathOf } from "../../clients/couchdb/client";
import type { Observation } from "./observation";
import type { Gap } from "./step";

/** How long a node is waited for that calls another: not as long as it itself waits for one that does not answer. */
const callMilliseconds = 1_000;

/**
 * Asks nodes for something of those they are not connected to: that has them try at once, instead of after the
 * interval at which they do so by themselves, 37 s by default. The next observation shows what came of it.
 *
 * @param clientOf gives the client of a node, by its URL
 */
export async function callEachOther(
  gaps: readonly Gap[],
  seen: readonly Observation[],
  clientOf: (url: string) => CouchDbClient,
): Promise<void> {
  const disconnected = gaps.filter((gap) => gap.problem === "disconnected");
  await Promise.all(
    disconnected.map(async ({ observer, name }) => {
      const url = seen.find((node) => node.name === observer)?.url;
      const request = { path: `_node/${pathOf(name)}/_config/chttpd/port`, timeout: callMilliseconds };
      if (url)
        await clientOf(url)
          .find(request)
          .catch(() => {});
    }),
  );
}
