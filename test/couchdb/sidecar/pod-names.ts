/**
 * Gives pods' names addresses on loopback: `POD-ORDINAL.SERVICE.NAMESPACE.svc.DOMAIN` is 127.0.NET.(ORDINAL + 1). Also
 * loaded into other processes by `--require`.
 */
import dns from "node:dns";

type Callback = (error: Error | null, address: unknown, family?: number) => void;
type Lookup = (host: string, options: dns.LookupOptions, callback: Callback) => void;

/** The address of the pod with this ordinal. */
export function addressOf(net: number, ordinal: number): string {
  return `127.0.${net}.${ordinal + 1}`;
}

/** Resolves pods' names from now on in this process. */
export function resolvePodNames(net: number): void {
  const find = (host: string) => {
    const ordinal = /^[^.]*-(\d+)\.[^.]+\.[^.]+\.svc\./.exec(host)?.[1];
    return ordinal === undefined ? undefined : { address: addressOf(net, Number(ordinal)), family: 4 };
  };
  const realLookup = dns.lookup as unknown as Lookup;
  const lookup: Lookup = (host, options, callback) => {
    const found = find(host);
    if (!found) return realLookup(host, options, callback);
    return options.all ? callback(null, [found]) : callback(null, found.address, found.family);
  };
  const realPromise = dns.promises.lookup;
  dns.lookup = lookup as unknown as typeof dns.lookup;
  dns.promises.lookup = (async (host: string, options: dns.LookupOptions) =>
    find(host) ?? realPromise(host, options)) as typeof dns.promises.lookup;
}

if (process.env.POD_NAMES_NET) resolvePodNames(Number(process.env.POD_NAMES_NET));
