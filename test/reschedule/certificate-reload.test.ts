import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { generate } from "selfsigned";
import { CertificateReload, readCertificate } from "../../components/reschedule/program/certificate";
import { eventually } from "../eventually";

test("a certificate and key that do not belong together are left until they do", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  const files = { certificateFile: join(folder, "tls.crt"), keyFile: join(folder, "tls.key") };
  const [first, second] = await Promise.all([1, 2].map(() => generate([], { keyType: "ec" })));
  writeFileSync(files.certificateFile, first!.cert);
  writeFileSync(files.keyFile, first!.private);
  const shown: unknown[] = [];
  const said: string[] = [];
  const server = { setSecureContext: (context: object) => void shown.push(context) };
  const reload = new CertificateReload(files, readCertificate(files), server, (level, message) =>
    said.push(`${level}: ${message}`),
  );
  t.after(() => {
    reload.stop();
    rmSync(folder, { recursive: true });
  });

  writeFileSync(files.certificateFile, second!.cert);
  await eventually("the mismatch is seen", async () => said.some((line) => line.startsWith("warning")));
  assert.deepEqual(shown, []);
  writeFileSync(files.keyFile, second!.private);
  await eventually("the new one is shown", async () => shown.length > 0);
  assert.deepEqual(shown, [{ cert: second!.cert, key: second!.private }]);
  assert.ok(!said.join().includes("PRIVATE"));
});
