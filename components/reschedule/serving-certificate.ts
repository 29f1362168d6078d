import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { replaceable, secretData } from "../kubernetes/metadata";
import { contentHash } from "../kubernetes/program-bundle";
import { ServerCertificate } from "../kubernetes/server-certificate/server-certificate";
import type { IssuerRefArgs } from "./args";
import type { Settings } from "./settings";

type Certificate = Settings["certificate"];

/** What the hook shows, and what makes the API server trust it. */
export interface ServingCertificate {
  /** Secret with `tls.crt` and `tls.key`. */
  secret: pulumi.Output<string>;
  /** The authorities to trust. PEM. None where somebody else tells the API server. */
  caBundle?: pulumi.Output<string>;
  /** Annotations of the webhook's configuration. */
  annotations: Record<string, pulumi.Input<string>>;
  /** When the certificate ends, if it was made here. */
  expires: pulumi.Output<string | undefined>;
}

/** Where the hook is, and how its objects are declared. */
export interface Place {
  name: string;
  namespace: pulumi.Output<string>;
  metadata: (name: pulumi.Input<string>) => kubernetes.types.input.meta.v1.ObjectMeta;
}

/** Declares the certificate that the hook shows. */
export function servingCertificateOf(
  place: Place,
  args: Certificate,
  child: pulumi.CustomResourceOptions,
): ServingCertificate {
  if (args.issuerRef) return fromIssuer(place, args.issuerRef, child);
  if (args.secretName !== undefined)
    return {
      secret: args.secretName,
      caBundle: args.caBundle,
      annotations: {},
      expires: pulumi.output(undefined),
    };
  return ofOurOwn(place, args, child);
}

function ofOurOwn(place: Place, args: Certificate, child: pulumi.CustomResourceOptions): ServingCertificate {
  const { name, metadata } = place;
  const { validityDays, renewBeforeDays, keeper } = args;
  const made = new ServerCertificate(
    `${name}-certificate`,
    { dnsNames: dnsNames(place), validityDays, renewBeforeDays, keeper },
    child,
  );
  const secret = new kubernetes.core.v1.Secret(
    `${name}-certificate`,
    {
      // Named by its content: the old one stays until no pod has it any more, and there is no moment without.
      metadata: metadata(made.certificate.apply((pem) => `${name}-tls-${contentHash(pem)}`)),
      type: "kubernetes.io/tls",
      immutable: true,
      data: secretData({ "tls.crt": made.certificate, "tls.key": made.privateKey }),
    },
    { ...child, ...replaceable },
  );
  return { secret: secret.metadata.name, caBundle: made.caBundle, annotations: {}, expires: made.expires };
}

function fromIssuer(place: Place, issuerRef: IssuerRefArgs, child: pulumi.CustomResourceOptions): ServingCertificate {
  const { name, namespace, metadata } = place;
  const secretName = `${name}-tls`;
  const certificate = new kubernetes.apiextensions.CustomResource(
    `${name}-certificate`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: metadata(name),
      spec: {
        secretName,
        dnsNames: dnsNames(place),
        issuerRef: { ...issuerRef, kind: issuerRef.kind ?? "Issuer" },
        usages: ["digital signature", "server auth"],
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      },
    },
    child,
  );
  return {
    secret: certificate.id.apply(() => secretName),
    annotations: { "cert-manager.io/inject-ca-from": pulumi.interpolate`${namespace}/${name}` },
    expires: pulumi.output(undefined),
  };
}

/** By this name the API server calls the hook. */
function dnsNames({ name, namespace }: Place): pulumi.Output<string>[] {
  return [pulumi.interpolate`${name}.${namespace}.svc`];
}
