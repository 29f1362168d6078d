import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ObjectMetadata, replaceable } from "../kubernetes/metadata";
import { contentHash } from "../kubernetes/programs/bundle";
import { secretData } from "../kubernetes/secret-data";
import { ServerCertificate } from "../kubernetes/server-certificate/server-certificate";
import type { IssuerRefArgs } from "./args";
import type { Settings } from "./settings";

type Certificate = Settings["certificate"];

/** The certificate that the hook shows, and what makes the API server trust it. */
export interface ServingCertificate {
  /** Secret with `tls.crt` and `tls.key`. */
  secret: pulumi.Input<string>;
  /** The authorities for the API server to trust. PEM. Left out where cert-manager adds them. */
  caBundle?: pulumi.Input<string>;
  /** Annotations of the webhook's configuration. */
  annotations: Record<string, pulumi.Input<string>>;
  /** When the certificate ends, if this package made it. */
  expires: pulumi.Output<string | undefined>;
}

/** Where the hook is, and the metadata of its objects. */
export interface Place {
  name: string;
  namespace: pulumi.Output<string>;
  metadata: ObjectMetadata;
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
  const { validityDays, renewBeforeDays, keepers } = args;
  const made = new ServerCertificate(
    `${name}-certificate`,
    { dnsNames: dnsNames(place), validityDays, renewBeforeDays, keepers },
    child,
  );
  const secret = new kubernetes.core.v1.Secret(
    `${name}-certificate`,
    {
      // Named by its content: the old one stays until no pod has it any more.
      metadata: metadata.of(made.certificate.apply((pem) => `${name}-tls-${contentHash(pem)}`)),
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
      metadata: metadata.of(name),
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

/** The name by which the API server calls the hook. */
function dnsNames({ name, namespace }: Place): pulumi.Output<string>[] {
  return [pulumi.interpolate`${name}.${namespace}.svc`];
}
