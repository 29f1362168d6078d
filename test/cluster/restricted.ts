/** What the restricted Pod Security Standard asks of a pod. */
export function restrictedPod(runAsUser = 1000): object {
  return { runAsNonRoot: true, runAsUser, seccompProfile: { type: "RuntimeDefault" } };
}

/** The same of one that writes to volumes. */
export function restrictedPodWithVolumes(user: number): object {
  return { ...restrictedPod(user), runAsGroup: user, fsGroup: user };
}

/** What it asks of each container. */
export const restrictedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** The spec of a pod that meets it and does nothing. */
export function idleSpec(): object {
  return {
    automountServiceAccountToken: false,
    securityContext: restrictedPod(),
    containers: [
      {
        name: "idle",
        image: "node:22-slim",
        command: ["sh", "-c", "trap exit TERM; sleep infinity & wait"],
        securityContext: restrictedContainer,
      },
    ],
  };
}
