import { Agent } from "undici";
import type { Tls } from "./connection";

const agents = new Map<string, Agent>();

/** The connection pool for these TLS settings; none where the default one of the process will do. */
export function agentFor(tls: Tls | undefined): Agent | undefined {
  if (!tls?.ca && !tls?.cert && !tls?.key) return undefined;
  const key = JSON.stringify([tls.ca, tls.cert, tls.key]);
  let agent = agents.get(key);
  if (!agent) {
    agent = new Agent({ connect: { ca: tls.ca, cert: tls.cert, key: tls.key } });
    agents.set(key, agent);
  }
  return agent;
}
