import type { TestCluster } from "../../testbed";

/** Makes a namespace under the restricted Pod Security Standard, and has it removed after use. */
export async function withNamespace<T>(api: TestCluster, use: (namespace: string) => Promise<T>): Promise<T> {
  const ends: unknown[] = [];
  const namespace = await api.namespace({ after: (end) => void ends.push(end) }, "bench");
  try {
    return await use(namespace);
  } finally {
    for (const end of ends as (() => Promise<void>)[]) await end();
  }
}
