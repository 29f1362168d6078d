import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Presets, RescheduleHook, type RescheduleHookArgs } from "../../components";
import { settingsOf } from "../../components/reschedule/settings";
import { inputsOf, known, registered, settled, startMocks } from "../mocks";

/** Any certificate there is. */
const authorities = `${rootCertificates[0]}\n`;

type Deployment = kubernetes.types.output.apps.v1.Deployment;
type Role = kubernetes.types.output.rbac.v1.Role;
type Webhooks = { webhooks: kubernetes.types.output.admissionregistration.v1.ValidatingWebhook[] };
type Metadata = { metadata: kubernetes.types.output.meta.v1.ObjectMeta };

async function hook(args: RescheduleHookArgs = {}, opts?: pulumi.ComponentResourceOptions): Promise<RescheduleHook> {
  const made = new RescheduleHook("hook", { namespace: "tools", ...args }, opts);
  await known(made.webhookName);
  await settled();
  return made;
}

/** Kinds and names in Kubernetes of what is registered. */
function objects(): string[] {
  return registered
    .map(({ type, inputs }) => `${type.split(":").at(-1)} ${(inputs as Partial<Metadata>).metadata?.name ?? ""}`.trim())
    .map((object) => object.replace(/[0-9a-f]{10}$/, "HASH"))
    .sort();
}

function container(): kubernetes.types.output.core.v1.Container {
  return inputsOf<Deployment>("Deployment").spec.template.spec.containers[0]!;
}

function environment(): Record<string, string> {
  return Object.fromEntries(container().env.map(({ name, value }) => [name, value]));
}

/** Rules as `resources: verbs`. */
function rules(kind: string, name?: string): string[] {
  const all = inputsOf<Role>(kind, name).rules;
  return all.map((rule) => [rule.resources, ...(rule.resourceNames ?? [])].join(" ").concat(`: ${rule.verbs.join()}`));
}

function webhook() {
  return inputsOf<Webhooks>("ValidatingWebhookConfiguration").webhooks[0]!;
}

describe("RescheduleHook", () => {
  beforeEach(startMocks);

  test("is made of these objects", async () => {
    const made = await hook();
    assert.deepEqual(objects(), [
      "ClusterRole tools-hook",
      "ClusterRoleBinding tools-hook",
      "ConfigMap",
      "Deployment hook",
      "PodDisruptionBudget hook",
      "RescheduleHook",
      "Secret hook-tls-HASH",
      "ServerCertificate",
      "Service hook",
      "ServiceAccount hook",
      "ValidatingWebhookConfiguration tools-hook",
    ]);
    assert.equal(await known(made.serviceName), "hook");
    assert.equal(await known(made.namespace), "tools");
    assert.equal(await known(made.webhookName), "tools-hook");
    assert.equal(await known(made.certificateExpires), "2027-06-01T00:00:00.000Z");
  });

  test("objects whose content changes are replaced, of a protected hook too", async () => {
    const unprotected = new Set<string>();
    const record: pulumi.ResourceTransformation = ({ type, name, opts }) => {
      if (opts.protect === false) unprotected.add(`${type} ${name}`);
      return undefined;
    };
    await hook({}, { protect: true, transformations: [record] });
    assert.deepEqual([...unprotected].sort(), [
      "kubernetes:core/v1:ConfigMap hook-program",
      "kubernetes:core/v1:Secret hook-certificate",
    ]);
  });

  test("with named namespaces it has rights in these alone", async () => {
    await hook({ namespaces: ["shop", pulumi.output("store")] });
    assert.deepEqual(
      objects().filter((object) => /Role/.test(object)),
      // With the hook's own namespace: a hook of this name in another may watch the same ones.
      [
        "Role tools-hook-in-1",
        "Role tools-hook-in-shop",
        "RoleBinding tools-hook-in-1",
        "RoleBinding tools-hook-in-shop",
      ],
    );
    const places = ["hook-in-shop", "hook-in-1"].map((name) => inputsOf<Metadata>("Role", name).metadata.namespace);
    assert.deepEqual(places, ["shop", "store"]);
    const { subjects } = inputsOf<kubernetes.types.output.rbac.v1.RoleBinding>("RoleBinding", "hook-in-shop");
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "hook", namespace: "tools" }]);
  });

  describe("asks for no more rights than it needs", () => {
    const statefulSet = Presets.statefulSet({ key: "app", value: "orders" });
    const cases: [title: string, args: RescheduleHookArgs, expected: string[]][] = [
      ["Couchbase", {}, ["pods: get,patch", "couchbaseclusters: get,patch"]],
      ["without tracking", { trackRescheduledPods: false }, ["pods: get,patch"]],
      ["tracking at the namespace", { preset: statefulSet }, ["pods: get,patch", "namespaces: get,patch"]],
      [
        "deleting pods",
        { preset: statefulSet, trackRescheduledPods: false, reschedule: "delete-after-ready" },
        ["pods: get,patch,list,watch,delete", "statefulsets,replicasets: get"],
      ],
    ];
    for (const [title, args, expected] of cases)
      test(title, async () => {
        await hook(args);
        assert.deepEqual(rules("ClusterRole"), expected);
        const leases = registered.filter(({ type, name }) => type.endsWith(":Role") && name === "hook-lease");
        assert.equal(leases.length, args.reschedule ? 1 : 0);
        if (args.reschedule) assert.deepEqual(rules("Role"), ["leases: create", "leases hook: get,update"]);
      });
  });

  test("is asked about evictions everywhere but in the system's namespaces and its own", async () => {
    await hook();
    const { rules, namespaceSelector, failurePolicy, sideEffects, timeoutSeconds, ...others } = webhook();
    assert.deepEqual(rules[0]!.resources, ["pods/eviction"]);
    assert.deepEqual(rules[0]!.operations, ["CREATE"]);
    assert.deepEqual(namespaceSelector.matchExpressions, [
      {
        key: "kubernetes.io/metadata.name",
        operator: "NotIn",
        values: ["kube-node-lease", "kube-public", "kube-system", "tools"],
      },
    ]);
    assert.deepEqual([failurePolicy, sideEffects, timeoutSeconds], ["Fail", "NoneOnDryRun", 10]);
    assert.deepEqual(others.clientConfig, {
      service: { name: "hook", namespace: "tools", path: "/eviction", port: 443 },
      caBundle: Buffer.from("authorities").toString("base64"),
    });
  });

  test("with named namespaces it is asked about evictions in these alone, but for its own pods", async () => {
    await hook({ namespaces: ["shop", "tools"] });
    const { namespaceSelector, matchConditions } = webhook();
    assert.deepEqual(namespaceSelector.matchExpressions[0]!.values, ["shop", "tools"]);
    const expression = matchConditions[0]!.expression;
    assert.match(expression, /^request\.namespace != 'tools' \|\| !request\.name\.matches\('(.+)'\)$/);
    const own = new RegExp(/'(\^.+\$)'/.exec(expression)![1]!);
    for (const name of ["hook-5d8f9c7b6d-x2k9p", "hook-5d8f9c7b-bcdfg"]) assert.match(name, own);
    for (const name of ["hook-0", "hook-nodes-0", "hook", "my-hook-5d8f9c7b6d-x2k9p", "hook-web-5d8f9c7b6d-x2k9p"])
      assert.doesNotMatch(name, own);
  });

  test("passes its settings to the program", async () => {
    await hook({
      preset: Presets.statefulSet({ key: "app", value: "orders" }),
      annotation: { key: "move", value: "yes" },
      namespaces: ["store", "shop"],
      reschedule: "delete-after-ready",
      timeoutSeconds: pulumi.output(5),
      logLevel: "debug",
    });
    const { POD_NAME: _, POD_NAMESPACE: __, SERVICE_ACCOUNT_UID: ___, ...env } = environment();
    assert.deepEqual(env, {
      POD_LABEL_SELECTOR_KEY: "app",
      POD_LABEL_SELECTOR_VALUE: "orders",
      RESCHEDULE_ANNOTATION_KEY: "move",
      RESCHEDULE_ANNOTATION_VALUE: "yes",
      TLS_CERT_FILE: "/etc/webhook/certs/tls.crt",
      TLS_KEY_FILE: "/etc/webhook/certs/tls.key",
      TRACK_RESCHEDULED_PODS: "true",
      TRACKING_RESOURCE_TYPE: "namespace",
      RESCHEDULE: "delete-after-ready",
      NAMESPACES: "shop,store",
      LEASE_NAME: "hook",
      SERVICE_ACCOUNT_NAME: "hook",
      REQUEST_TIMEOUT_SECONDS: "4",
      LOG_LEVEL: "debug",
      MALLOC_ARENA_MAX: "1",
    });
  });

  test("passes name and uid of the ServiceAccount: the Lease goes with this one, not with another of its name", async () => {
    const withUid: pulumi.ResourceTransformation = ({ type, props, opts }) =>
      type.endsWith(":ServiceAccount")
        ? { props: { ...props, metadata: { ...props.metadata, uid: "7" } }, opts }
        : undefined;
    await hook({}, { transformations: [withUid] });
    const { SERVICE_ACCOUNT_NAME, SERVICE_ACCOUNT_UID } = environment();
    assert.deepEqual([SERVICE_ACCOUNT_NAME, SERVICE_ACCOUNT_UID], ["hook", "7"]);
  });

  test("has the contract's settings by default", async () => {
    await hook();
    const env = environment();
    assert.equal(`${env.POD_LABEL_SELECTOR_KEY}=${env.POD_LABEL_SELECTOR_VALUE}`, "app=couchbase");
    const annotation = `${env.RESCHEDULE_ANNOTATION_KEY}=${env.RESCHEDULE_ANNOTATION_VALUE}`;
    assert.equal(annotation, "cao.couchbase.com/reschedule=true");
    assert.deepEqual([env.TRACK_RESCHEDULED_PODS, env.TRACKING_RESOURCE_TYPE], ["true", "couchbasecluster"]);
    assert.deepEqual([env.RESCHEDULE, env.NAMESPACES], ["", ""]);
  });

  test("its pods are restricted, bounded, probed, apart, and always all there", async () => {
    await hook();
    const { spec } = inputsOf<Deployment>("Deployment");
    const pod = spec.template.spec;
    assert.equal(spec.replicas, 2);
    assert.deepEqual(spec.strategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 1 });
    const [apart] = pod.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    const [zones] = pod.topologySpreadConstraints;
    assert.deepEqual(
      [apart!.podAffinityTerm.topologyKey, zones!.topologyKey],
      ["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
    );
    assert.equal(pod.terminationGracePeriodSeconds, 20);
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(pod.enableServiceLinks, false);
    assert.deepEqual(container().securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.equal(container().readinessProbe.httpGet.path, "/readyz");
    assert.equal(container().resources.limits.memory, "128Mi");
    const { maxUnavailable } =
      inputsOf<kubernetes.types.output.policy.v1.PodDisruptionBudget>("PodDisruptionBudget").spec;
    assert.equal(maxUnavailable, 1);
  });

  test("the program's ConfigMap is named by Pulumi, has its content's hash, and is within Kubernetes' limit", async () => {
    await hook();
    const { metadata, data } = inputsOf<kubernetes.types.output.core.v1.ConfigMap>("ConfigMap");
    assert.equal(metadata.name, undefined);
    assert.match(metadata.annotations["pulumi-couch/program"]!, /^[0-9a-f]{10}$/);
    assert.ok(JSON.stringify(data).length < 1024 * 1024);
  });

  test("labels and annotations are on everything", async () => {
    await hook({ labels: { team: "data" }, annotations: { note: "n" }, namespaces: ["shop"] });
    for (const { type, inputs } of registered.filter((resource) => "metadata" in resource.inputs)) {
      const { labels, annotations } = (inputs as unknown as Metadata).metadata;
      assert.deepEqual([labels.team, labels["app.kubernetes.io/instance"]], ["data", "hook"], type);
      assert.equal(annotations.note, "n", type);
    }
  });
});

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

for (const [key, valid] of [
  ["app", true],
  ["app.kubernetes.io/name", true],
  ["a_b-c.D", true],
  ["k".repeat(63), true],
  ["k".repeat(64), false],
  ["-app", false],
  ["app/", false],
  ["/app", false],
  ["Example.org/app", false],
  ["example..org/app", false],
] as const)
  test(`the label's key ${key} is ${valid ? "valid" : "rejected"}`, () => {
    const validate = () => settingsOf("hook", { selector: { key, value: "db" } });
    if (valid) validate();
    else assert.throws(validate, { message: /is not a valid key of a label or annotation/ });
  });

/** What a program that is not type-checked may give. */
const js = (value: unknown) => value as never;

describe("invalid arguments are rejected", () => {
  const cases: [title: string, args: RescheduleHookArgs, reason: RegExp][] = [
    ["an unknown way to reschedule", { reschedule: "delete" }, /"delete" is not valid; it must be one of/],
    ["an unknown tracking resource", { trackingResource: "pod" }, /must be one of couchbasecluster, namespace/],
    ["an unknown failure policy", { failurePolicy: "fail" }, /must be one of Fail, Ignore/],
    ["too long a timeout", { timeoutSeconds: 31 }, /from 2 to 30/],
    ["no pods", { replicas: 0 }, /1 or more/],
    ["no namespaces", { namespaces: [] }, /leave it out/],
    ["namespaces that are not a list", { namespaces: js(pulumi.output(["shop"])) }, /not the list, may be an output/],
    ["a namespace without a name", { namespaces: [""] }, /"" is not a valid name of a namespace/],
    [
      "a namespace that is named twice",
      { namespaces: ["shop", pulumi.output("shop"), "shop"] },
      /"shop" is named twice/,
    ],
    ["half a label", { selector: { key: "app", value: "" } }, /selector\.value: .*empty/],
    ["half a label of a preset", { preset: Presets.statefulSet({ key: "", value: "db" }) }, /selector\.key: .*empty/],
    ["half an annotation", { annotation: { key: "move", value: "" } }, /annotation\.value: .*empty/],
    ["an invalid label", { selector: { key: "an app", value: "db" } }, /selector\.key: "an app" is not a valid key/],
    ["an invalid value of a label", { selector: { key: "app", value: "d b" } }, /selector\.value: "d b" is no/],
    ["an invalid annotation", { annotation: { key: "a/b/c", value: "yes" } }, /annotation\.key: "a\/b\/c"/],
    ["an image that is pulled sometimes", { imagePullPolicy: "always" }, /must be one of Always, IfNotPresent, Never/],
    ["a text for truth", { trackRescheduledPods: js("false") }, /true or false, not as a text/],
    ["a text for a number", { timeoutSeconds: js("10") }, /"10" is not a whole number/],
    ["the system's namespace", { namespaces: ["kube-system"] }, /belongs to the system/],
    ["an issuer without a name", { certificate: { issuerRef: { name: "" } } }, /issuerRef\.name: .*empty/],
    ["two certificates", { certificate: { issuerRef: { name: "a" }, secretName: "b", caBundle: "c" } }, /both/],
    ["no authority", { certificate: { secretName: "b", caBundle: "" } }, /caBundle: .*empty/],
    ["an invalid authority", { certificate: { secretName: "b", caBundle: "c" } }, /caBundle: it is not a valid PEM/],
    ["a Secret without a name", { certificate: { secretName: "", caBundle: authorities } }, /secretName: .*empty/],
    ["a certificate without the bundle to trust", { certificate: { secretName: "b" } }, /go together/],
    [
      "a keeper of a certificate that is given",
      { certificate: { issuerRef: { name: "a" }, keepers: { a: "b" } } },
      /leave/,
    ],
  ];
  for (const [title, args, reason] of cases)
    test(title, () => assert.throws(() => settingsOf("hook", args), { message: reason }));

  test("too long a name", () => {
    assert.throws(() => settingsOf("h".repeat(47), {}), { message: /longer than 46/ });
  });
});
