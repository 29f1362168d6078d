import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connect } from "node:tls";
import { certificateHandler } from "../../../components/kubernetes/server-certificate/handler";
import type { CertificateInputs, CertificateOutputs } from "../../../components/kubernetes/server-certificate/inputs";

const inputs: CertificateInputs = { dnsNames: ["hook.shop.svc", "hook.shop.svc.cluster.local"] };
const day = 86_400_000;

/** A handler whose clock is a number of days ahead. */
const ahead = (days: number) => certificateHandler(() => new Date(Date.now() + days * day));

async function created(news = inputs): Promise<CertificateOutputs> {
  return (await ahead(0).create(news)).outs;
}

async function updated(olds: CertificateOutputs, news: CertificateInputs, days = 0): Promise<CertificateOutputs> {
  return (await ahead(days).update!("id", olds, news)).outs;
}

/** The certificates of a PEM text. */
function certificatesOf(pem: string): X509Certificate[] {
  return pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((part) => part.trim() !== "")
    .map((part) => new X509Certificate(part));
}

/** Asserts that a server with this certificate is accepted by a client that trusts these authorities alone. */
async function assertAccepted(served: CertificateOutputs, caBundle: string, servername = inputs.dnsNames[0]!) {
  const server = createServer({ cert: served.certificate, key: served.privateKey }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", ca: caBundle, servername });
  try {
    await once(socket, "secureConnect");
    assert.ok(socket.authorized);
  } finally {
    socket.destroy();
    server.close();
  }
}

test("an authority signs a certificate for exactly these names, for a year", async () => {
  const outs = await created();
  const leaf = new X509Certificate(outs.certificate);
  const [authority, next, ...others] = certificatesOf(outs.caBundle);
  assert.deepEqual(others, []);
  assert.ok(leaf.verify(authority!.publicKey));
  assert.ok(!leaf.verify(next!.publicKey));
  assert.deepEqual([leaf.ca, authority!.ca, next!.ca], [false, true, true]);
  assert.equal(leaf.subjectAltName, inputs.dnsNames.map((name) => `DNS:${name}`).join(", "));
  assert.ok(leaf.checkPrivateKey(createPrivateKey(outs.privateKey)));
  assert.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  const days = (certificate: X509Certificate) => (new Date(certificate.validTo).getTime() - Date.now()) / day;
  assert.ok(Math.abs(days(leaf) - 365) < 0.1);
  assert.ok(Math.abs(days(authority!) - 5 * 365) < 0.1);
  assert.ok(new Date(leaf.validFrom).getTime() < Date.now() - 30 * 60_000, "for clocks that are behind");
  assert.equal(outs.expires, new Date(leaf.validTo).toISOString());
});

test("it is accepted only by clients that trust the bundle", async () => {
  const outs = await created();
  await assertAccepted(outs, outs.caBundle);
  await assert.rejects(assertAccepted(outs, outs.nextAuthority));
  await assert.rejects(assertAccepted(outs, outs.caBundle, "hook.other.svc"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
});

test("before and after a renewal, server and client may each be one renewal behind", async () => {
  let before = await created();
  for (const month of ["1", "2", "3"]) {
    const after = await updated(before, { ...inputs, keepers: { month } });
    assert.notEqual(after.certificate, before.certificate);
    await assertAccepted(before, after.caBundle);
    await assertAccepted(after, before.caBundle);
    await assertAccepted(after, after.caBundle);
    assert.equal(certificatesOf(after.caBundle).length, 3);
    before = after;
  }
});

test("nothing new is made before it is due", async () => {
  const outs = await created();
  for (const days of [0, 200, 242]) {
    assert.deepEqual(ahead(days).diff!(outs, inputs), { changes: false });
    assert.deepEqual(await updated(outs, inputs, days), outs);
  }
  for (const days of [244, 400]) assert.deepEqual(ahead(days).diff!(outs, inputs), { changes: true });
});

test("renewed every eight months, it goes on without a gap", async () => {
  let before = await created();
  for (let days = 245; days < 3650; days += 245) {
    const after = await updated(before, inputs, days);
    assert.ok(new X509Certificate(after.certificate).verify(certificatesOf(before.nextAuthority)[0]!.publicKey));
    before = after;
  }
});

test("an authority that would end before the certificate signs nothing", async () => {
  const outs = await created();
  const later = await updated(outs, inputs, 4.5 * 365);
  const leaf = new X509Certificate(later.certificate);
  const authority = new X509Certificate(later.authority);
  assert.notEqual(later.authority, outs.nextAuthority);
  assert.ok(new Date(authority.validTo) > new Date(leaf.validTo));
});

test("a change that needs no new certificate is only recorded", async () => {
  const olds = await created();
  const news = { ...inputs, renewBeforeDays: 30 };
  assert.ok(ahead(0).diff!(olds, news).changes);
  const outs = await updated(olds, news);
  assert.deepEqual(outs, { ...olds, renewBeforeDays: 30 });
  assert.ok(!ahead(0).diff!(outs, news).changes);
});

test("outputs are what state can hold, and its private keys are in two of them", async () => {
  const outs = await created();
  const secret = Object.entries(outs).filter(([, value]) => String(value).includes("PRIVATE KEY"));
  assert.deepEqual(secret.map(([key]) => key).sort(), ["nextAuthorityKey", "privateKey"]);
});
