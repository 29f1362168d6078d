import type { Result } from "../table";
export async function benchKubernetesJoin(_repetitions: number): Promise<Result[]> {
  return [];
}
