import type { ApiServer } from "../../../runtime/api-server";
import { LeaderElection } from "../../../runtime/lease";
import type { Log } from "../../../runtime/log";
import type { Metrics } from "../metrics";
import type { Settings } from "../settings";
import { Deleter } from "./deleter";

/** Starts to delete annotated pods, in one process of all. Returns what stops it and releases the Lease. */
export function startDeleting(api: ApiServer, settings: Settings, metrics: Metrics, log: Log): () => Promise<void> {
  const { lease, identity, namespaces } = settings;
  const place = { name: lease.name, namespace: lease.namespace };
  const election = new LeaderElection(api, lease, identity, {
    leading: (leads) => {
      metrics.leading(leads);
      log("info", leads ? "this process deletes annotated pods now" : "another process deletes annotated pods", place);
    },
    problem: (message) => log("warning", message),
  });
  const mayAct = () => election.leads;
  const deleted = (namespace: string) => metrics.deleted(namespace);
  const deleters = (namespaces.length > 0 ? namespaces : [undefined]).map(
    (namespace) => new Deleter(api, settings, namespace, mayAct, deleted, log),
  );
  election.start();
  for (const deleter of deleters) void deleter.run();
  return async () => {
    for (const deleter of deleters) deleter.stop();
    await election.stop();
  };
}
