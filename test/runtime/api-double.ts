import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { loopback } from "../loopback";
import type { Account } from "../reschedule/program";

/** An API server that answers by a function, until the test ends; and the account that it accepts. */
export async function apiDouble(t: { after(end: () => void): void }, answer: RequestListener): Promise<Account> {
  const pem = await generate([{ name: "commonName", value: "api" }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: loopback }] }],
  });
  const server = createServer({ key: pem.private, cert: pem.cert }, answer).listen(0, loopback);
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: loopback, port: (server.address() as AddressInfo).port, token: "first", ca: pem.cert };
}
