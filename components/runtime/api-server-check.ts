import { X509Certificate } from "node:crypto";
import { isIPv6 } from "node:net";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";

/** How a program in a pod checks the certificate of the Kubernetes API server, besides by the CA of the cluster. */
export const apiServerCheck: Pick<ConnectionOptions, "checkServerIdentity"> & { allowPartialTrustChain: boolean } = {
  // The CA of the cluster may be an intermediate one, as for the programs of Kubernetes itself.
  allowPartialTrustChain: true,
  // In clusters of IPv6 alone the server is known by its address, which Node.js 22.23 does not compare as an address.
  checkServerIdentity: (host, certificate) =>
    isIPv6(host) && new X509Certificate(certificate.raw).checkIP(host)
      ? undefined
      : checkServerIdentity(host, certificate),
};
