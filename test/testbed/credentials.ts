import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { addresses, kubeconfig, nodes, root } from "./places";

const folder = join(root, "credentials");

/** Files with the keys, certificates and tokens of the testbed's parts. */
export const credentials = {
  authority: join(folder, "ca.crt"),
  authorityKey: join(folder, "ca.key"),
  apiServer: join(folder, "api-server.crt"),
  apiServerKey: join(folder, "api-server.key"),
  serviceAccountKey: join(folder, "service-accounts.key"),
  serviceAccountPublicKey: join(folder, "service-accounts.pub"),
  tokens: join(folder, "tokens.csv"),
  kubeconfig: (user: string): string => join(folder, `${user}.kubeconfig`),
};

/** Not root, so that volumes made by it belong to the user as whom CouchDB runs. */
export const controllerManagerUid = 5984;

interface User {
  file: string;
  name: string;
  group: string;
}

const USERS: readonly User[] = [
  { file: "admin", name: "admin", group: "system:masters" },
  { file: "controller-manager", name: "system:kube-controller-manager", group: "system:masters" },
  { file: "scheduler", name: "system:kube-scheduler", group: "" },
  { file: "proxy", name: "system:kube-proxy", group: "" },
  { file: "dns", name: "coredns", group: "system:masters" },
  ...nodes.map(({ name }) => ({ file: name, name: `system:node:${name}`, group: "system:nodes" })),
];

/** Makes all credentials, once; the administrator's kubeconfig comes last. */
export async function makeCredentials(): Promise<void> {
  if (existsSync(kubeconfig)) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const days = 3650;
  const authority = await generate([{ name: "commonName", value: "testbed" }], {
    ...lifetime(days),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "kube-apiserver" }], {
    ...lifetime(days),
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: "subjectAltName", altNames: serverNames() }],
  });
  const accounts = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await save(credentials.authority, authority.cert);
  await save(credentials.authorityKey, authority.private);
  await save(credentials.apiServer, server.cert);
  await save(credentials.apiServerKey, server.private);
  await save(credentials.serviceAccountKey, accounts.privateKey);
  await save(credentials.serviceAccountPublicKey, accounts.publicKey);
  const users = USERS.map((user) => ({ ...user, token: randomBytes(24).toString("hex") }));
  await save(credentials.tokens, users.map(({ token, name, group }) => `${token},${name},${name},${group}\n`).join(""));
  for (const { file, token } of users) await save(credentials.kubeconfig(file), kubeconfigText(authority.cert, token));
  for (const file of [credentials.kubeconfig("controller-manager"), ...controllerManagerKeys])
    await chown(file, controllerManagerUid, controllerManagerUid);
  await chmod(folder, 0o711);
  await rename(credentials.kubeconfig("admin"), kubeconfig);
}

const controllerManagerKeys = [credentials.authorityKey, credentials.serviceAccountKey];

function lifetime(days: number): { keySize: number; notAfterDate: Date } {
  return { keySize: 2048, notAfterDate: new Date(Date.now() + days * 24 * 3600 * 1000) };
}

function serverNames(): ({ type: 2; value: string } | { type: 7; ip: string })[] {
  const names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
  const ips = ["127.0.0.1", addresses.controlPlane, addresses.apiService];
  return [...names.map((value) => ({ type: 2 as const, value })), ...ips.map((ip) => ({ type: 7 as const, ip }))];
}

function kubeconfigText(authority: string, token: string): string {
  const cluster = {
    server: addresses.apiServer,
    "certificate-authority-data": Buffer.from(authority).toString("base64"),
  };
  const name = "testbed";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

async function save(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: file.endsWith(".crt") || file.endsWith(".pub") ? 0o644 : 0o600 });
}
