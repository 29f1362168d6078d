import type { ApiServer } from "../../../runtime/api-server";
import { Leadership } from "../../../runtime/lease";
import type { Log } from "../../../runtime/log";
import type { Metrics } from "../metrics";
import type { Settings } from "../settings";
import { Deleter } from "./deleter";

/** Has annotated pods deleted by one of all the processes; returns what ends it. */
export function startDeleting(api: ApiServer, settings: Settings, metrics: Metrics, log: Log): () => Promise<void> {
  const { lease, identity, namespaces } = settings;
  const place = { name: lease.name, namespace: lease.namespace };
  const leadership = new Leadership(api, lease, identity, {
    leading: (leads) => {
      metrics.leading(leads);
      log("info", leads ? "deletes annotated pods from now on" : "leaves annotated pods to another", place);
    },
    trouble: (message) => log("warning", message),
  });
  const deleters = (namespaces.length > 0 ? namespaces : [undefined]).map(
    (namespace) =>
      new Deleter(
        api,
        settings,
        namespace,
        () => leadership.leads,
        (where) => metrics.deleted(where),
        log,
      ),
  );
  leadership.start();
  for (const deleter of deleters) void deleter.run();
  return async () => {
    for (const deleter of deleters) deleter.stop();
    await leadership.stop();
  };
}
