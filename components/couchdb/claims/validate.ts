import { validateKubernetesAccess } from "../../clients/kubernetes/validate-access";
import type { CheckFailure } from "../../dynamic/handler";
import { isUnknown, unknown } from "../../dynamic/unknown";
import { optional, required, validateFields } from "../../validation/fields";
import { text, timeoutProblem } from "../../validation/validators";
import type { VolumeClaimsInputs } from "./inputs";
import { isLess, sizeProblem } from "./quantity";

/**
 * Validates what is declared of volumes, as far as it is known at preview. It is compared with what was last carried
 * out, so that a size the storage rejected can be reverted.
 */
export function validateVolumeClaims(news: VolumeClaimsInputs, olds: Partial<VolumeClaimsInputs>): CheckFailure[] {
  return [
    ...validateFields(news, {
      size: required(text((size) => changeProblem(size, olds.size))),
      kubernetes: validateKubernetesAccess,
      timeoutSeconds: optional(timeoutProblem),
    }),
    ...validateStorageClass(news, olds),
  ];
}

function changeProblem(size: string, before: string | undefined): string | undefined {
  const problem = sizeProblem(size);
  if (problem || before === undefined || before === unknown || !isLess(size, before)) return problem;
  return (
    `it was ${before} and can't become ${size}: volumes don't shrink. Keep ${before}; or declare a second cluster with ` +
    "smaller volumes and replicate into it"
  );
}

function validateStorageClass(news: VolumeClaimsInputs, olds: Partial<VolumeClaimsInputs>): CheckFailure[] {
  const [value, before] = [news.storageClass ?? undefined, olds.storageClass ?? undefined];
  const isNew = olds.size === undefined;
  if (isNew || isUnknown(value) || isUnknown(before) || value === before) return [];
  const keep = before === undefined ? "Leave it out" : `Keep ${before}`;
  const was = before === undefined ? "left to the Kubernetes cluster" : before;
  const reason =
    `it was ${was} and can't change: volumes are created once. ${keep}; or declare a second cluster with other volumes ` +
    "and replicate into it; or, if this one holds nothing that is needed, destroy it and its volumes first";
  return [{ property: "storageClass", reason }];
}
