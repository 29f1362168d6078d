import type { Result } from "../table";
export async function benchKubernetesNoChange(_repetitions: number): Promise<Result[]> {
  return [];
}
