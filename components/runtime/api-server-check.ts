import { X509Certificate } from "node:crypto";
import { isIPv6 } from "node:net";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";

/** How a program in a pod checks the certificate of Kubernetes' API server, besides by the cluster's CA. */
export const apiServerCheck: Pick<ConnectionOptions, "checkServerIdentity"> & { allowPartialTrustChain: boolean } = {
  // As for Kubernetes' own programs, the cluster's CA may be one that another has signed.
  allowPartialTrustChain: true,
  // In clusters of IPv6 alone the server is known by its address, and Node.js 22.23 takes no IPv6 address for one.
  checkServerIdentity: (host, certificate) =>
    isIPv6(host) && new X509Certificate(certificate.raw).checkIP(host)
      ? undefined
      : checkServerIdentity(host, certificate),
};
