import { networkInterfaces } from "node:os";

const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));

/** This machine's own address: the one of IPv6 where it has that, as that is what Node.js has got wrong in certificates. */
export const loopback = addresses.includes("::1") ? "::1" : "127.0.0.1";
