import { CouchDbClient } from "../../../components/clients/couchdb/client";
import { eventually } from "../../eventually";
import type { TestCluster } from "../../testbed";

/** Sees to it that every node says that it is in a finished cluster of all of them. */
export async function proveWhole(
  api: TestCluster,
  urls: readonly string[],
  login: { adminUser: string; adminPassword: string },
): Promise<void> {
  for (const url of urls) {
    const client = new CouchDbClient(url, { ...login, kubernetes: { kubeconfig: api.kubeconfig } });
    await eventually(`${url} is in a whole cluster`, async () => {
      const { state } = await client.request<{ state: string }>({ path: "_cluster_setup" });
      const { all_nodes, cluster_nodes } = await client.request<Record<string, string[]>>({ path: "_membership" });
      return state === "cluster_finished" && all_nodes!.length === urls.length && cluster_nodes!.length === urls.length;
    });
  }
}
