import type * as kubernetes from "@pulumi/kubernetes";

type SecurityContext = kubernetes.types.input.core.v1.SecurityContext;
type PodSecurityContext = kubernetes.types.input.core.v1.PodSecurityContext;

const seccompProfile = { type: "RuntimeDefault" };

/** The security that the restricted Pod Security Standard requires of every container. */
export const restricted: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile,
};

/** The same for a container that writes to its volumes only. */
export const restrictedReadOnly: SecurityContext = { ...restricted, readOnlyRootFilesystem: true };

/** The security of a restricted pod that runs as this user and group, which can read its volumes. */
export function restrictedPod(user: number): PodSecurityContext {
  return { runAsUser: user, runAsGroup: user, fsGroup: user, runAsNonRoot: true, seccompProfile };
}
