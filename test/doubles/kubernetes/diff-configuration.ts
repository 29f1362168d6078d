import { isDeepStrictEqual } from "node:util";
import { meantCluster, type Variables } from "./configuration";
import type { JsonObject } from "./objects";
import { isUnknown, plain } from "./values";

/** The settings that say which cluster is meant. */
const CLUSTER_KEYS = ["kubeconfig", "context", "cluster"];

/**
 * What has changed in a provider's configuration, and what of that replaces all its objects: another cluster does,
 * another way to log in does not. Of a value that is not known yet the worst is assumed.
 */
export async function diffConfiguration(olds: JsonObject, news: JsonObject) {
  const old = plain(olds);
  const now = plain(news);
  const unknown = CLUSTER_KEYS.find((key) => isUnknown(now[key]));
  if (unknown) return { changed: [unknown], replaces: [unknown] };
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  const changed = keys.filter((key) => !isDeepStrictEqual(old[key], now[key]));
  const [before, after] = [await meantCluster(texts(old)), await meantCluster(texts(now))];
  const isOther = before !== undefined && after !== undefined && before !== after;
  return { changed, replaces: isOther ? changed.filter((key) => CLUSTER_KEYS.includes(key)) : [] };
}

/** A kubeconfig may be given as an object, too. */
function texts(configuration: JsonObject): Variables {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
