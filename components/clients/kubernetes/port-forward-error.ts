import { networkErrorOf } from "../network-error";
import type { PodAddress } from "./access";

/**
 * A port-forward that could not be opened, or broke. Its name is part of the message: the HTTP client hands on the
 * words of a failed connection, not the error itself.
 */
export class PortForwardError extends Error {
  /** @param permanent whether trying again won't help */
  constructor(permanent: boolean, message: string) {
    super(message);
    this.name = permanent ? "PortForwardRefused" : "PortForwardUnavailable";
  }
}

/** What the words of a failed connection say of a port-forward, if they are about one. */
export function portForwardProblem(words: string): { detail: string; permanent: boolean } | undefined {
  const [, kind, detail] = /PortForward(Refused|Unavailable): ([\s\S]*)/.exec(words) ?? [];
  return detail === undefined ? undefined : { detail, permanent: kind === "Refused" };
}

/** The API server answered the request for a port-forward, but not by opening it. */
export function answeredInstead(address: PodAddress, status: number, body: string): PortForwardError {
  const { namespace, pod } = address;
  const said = messageOf(body) || `status ${status}`;
  if (status === 401)
    return new PortForwardError(true, `the Kubernetes API server does not take the kubeconfig's credentials (${said})`);
  if (status === 403)
    return new PortForwardError(
      true,
      `the Kubernetes API server allows no port-forward to pod ${namespace}/${pod}: ${said}; grant the kubeconfig's ` +
        `user the verbs "get" and "create" on "pods/portforward" in namespace ${namespace}`,
    );
  if (status === 404) return new PortForwardError(false, `there is no pod ${namespace}/${pod} (${said})`);
  return new PortForwardError(false, `no port-forward to pod ${namespace}/${pod}: ${said}`);
}

/** The connection to the API server itself failed. */
export function apiServerUnreachable(server: string, error: Error): PortForwardError {
  const words = error.message || (error as NodeJS.ErrnoException).code || error.name;
  const { kind } = networkErrorOf(`${(error as NodeJS.ErrnoException).code} ${words}`);
  return kind === "certificate"
    ? new PortForwardError(true, `the TLS connection to the Kubernetes API server ${server} failed (${words})`)
    : new PortForwardError(false, `the Kubernetes API server ${server} can't be reached (${words})`);
}

/** What came through the error channel of a port-forward: the pod's node could not connect to the port. */
export function portForwardBroke({ namespace, pod, port }: PodAddress, text: string): PortForwardError {
  const cause = /refused/.test(text) ? `nothing listens on port ${port} yet` : text.trim().slice(0, 300);
  return new PortForwardError(false, `pod ${namespace}/${pod}: ${cause}`);
}

/** The message of a Kubernetes `Status`, or a short text as it is. */
function messageOf(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: unknown }).message ?? "");
  } catch {
    return body.trim().slice(0, 300);
  }
}
