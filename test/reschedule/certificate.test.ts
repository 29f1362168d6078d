import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../../components/reschedule/settings";
import { inputsOf, known, registered, startMocks } from "../mocks";
import { authorities, type Deployment, hook, type Metadata, webhook } from "./declared";

describe("the certificate", () => {
  beforeEach(startMocks);

  const secretName = () => inputsOf<Deployment>("Deployment").spec.template.spec.volumes[1]!.secret.secretName;

  test("is made for the Service, and its Secret named by its content", async () => {
    await hook({ certificate: { keepers: { month: "2026-11" } } });
    const made = inputsOf<{ dnsNames: string[]; keepers: object }>("ServerCertificate");
    assert.deepEqual([made.dnsNames, made.keepers], [["hook.tools.svc"], { month: "2026-11" }]);
    const { metadata, type, data } = inputsOf<kubernetes.types.output.core.v1.Secret>("Secret");
    assert.match(metadata.name, /^hook-tls-[0-9a-f]{10}$/);
    assert.equal(secretName(), metadata.name);
    assert.equal(type, "kubernetes.io/tls");
    assert.equal(Buffer.from(data["tls.key"]!, "base64").toString(), "key");
  });

  test("cert-manager makes it, and has the API server trust it", async () => {
    const made = await hook({ certificate: { issuerRef: { name: "house", kind: "ClusterIssuer" } } });
    const { spec } = inputsOf<{ spec: Record<string, unknown> }>("Certificate");
    assert.deepEqual(spec.issuerRef, { name: "house", kind: "ClusterIssuer" });
    assert.deepEqual([spec.secretName, spec.dnsNames], ["hook-tls", ["hook.tools.svc"]]);
    assert.equal(secretName(), "hook-tls");
    const { metadata } = inputsOf<Metadata>("ValidatingWebhookConfiguration");
    assert.equal(metadata.annotations["cert-manager.io/inject-ca-from"], "tools/hook");
    assert.equal(webhook().clientConfig.caBundle, undefined);
    assert.equal(await known(made.certificateExpires), undefined);
  });

  test("is the user's own", async () => {
    await hook({ certificate: { secretName: "mine", caBundle: pulumi.output(authorities) } });
    assert.equal(secretName(), "mine");
    assert.equal(webhook().clientConfig.caBundle, Buffer.from(authorities).toString("base64"));
    assert.ok(!registered.some(({ type }) => /:(Secret|ServerCertificate)$/.test(type)));
  });
});

describe("authorities to trust", () => {
  const block = (what: string, text: string) => `-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`;
  const settings = (caBundle: string) => settingsOf("hook", { certificate: { secretName: "mine", caBundle } });

  for (const [what, pem] of [
    ["one", authorities],
    ["two", authorities + authorities],
    ["with words around", `# ours\n${authorities}\n`],
    ["with other ends of lines", authorities.replaceAll("\n", "\r\n")],
  ] as const)
    test(`valid: ${what}`, () => void settings(pem));

  for (const [what, pem, reason] of [
    ["none", "my authority", /not a valid PEM certificate/],
    ["encoded in base64 again", Buffer.from(authorities).toString("base64"), /not encoded in base64 again/],
    ["a key", block("PUBLIC KEY", "AAAA"), /not a valid PEM certificate/],
    ["cut off", authorities.slice(0, 300), /not a valid PEM certificate/],
    ["garbled", block("CERTIFICATE", "AAAA"), /not a valid PEM certificate/],
    ["one good, one not", authorities + block("CERTIFICATE", "AAAA"), /not a valid PEM certificate/],
    ["with its private key", authorities + block("PRIVATE KEY", "AAAA"), /private key/],
  ] as const)
    test(`rejected: ${what}`, () => {
      assert.throws(() => settings(pem), { message: reason });
      assert.throws(
        () => settings(pem),
        ({ message }: Error) => !message.includes("AAAA"),
      );
    });
});
