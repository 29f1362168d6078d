import type { ApiServer } from "../../../clients/program/api-server";
import type { Log } from "../../../clients/program/log";
import type { Metrics } from "../metrics";
import type { Settings } from "../settings";
import { Deleter } from "./deleter";
import { Leadership } from "./lease";

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
