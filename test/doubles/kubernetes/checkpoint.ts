import { apiVersionOf, isObject, type JsonObject, kindOf, textAt } from "./objects";
import { isSecret, plain, secret, withSecretsOf } from "./values";

/** Keys of the outputs under which the plugin keeps what it needs later. */
const INPUTS = "__inputs";
const INITIAL_API_VERSION = "__initialApiVersion";
const FIELD_MANAGER = "__fieldManager";

/** What state holds of an object. */
export interface Checkpoint {
  inputs: JsonObject;
  live: JsonObject;
  initialApiVersion: string;
  fieldManager: string;
}

/** The outputs of an object: all that the API server tells of it, secret where the inputs were. */
export function outputsOf(checkpoint: Checkpoint, inputsWithSecrets: JsonObject): JsonObject {
  const { inputs, live, initialApiVersion, fieldManager } = checkpoint;
  const outputs = withSecretsOf(inputsWithSecrets, live);
  const data = outputs.data;
  // The API server makes `data` of `stringData`.
  if (isSecretObject(live) && data !== undefined && isSecret(inputsWithSecrets.stringData)) outputs.data = secret(data);
  return {
    ...outputs,
    [INPUTS]: withSecretsOf(inputsWithSecrets, inputs),
    [INITIAL_API_VERSION]: initialApiVersion,
    [FIELD_MANAGER]: fieldManager,
  };
}

/** Reads back what `outputsOf` made. */
export function checkpointOf(outputs: JsonObject): Checkpoint {
  const { [INPUTS]: inputs, [INITIAL_API_VERSION]: _, [FIELD_MANAGER]: __, ...live } = plain(outputs);
  return {
    inputs: isObject(inputs) ? inputs : {},
    live,
    initialApiVersion: textAt(outputs, INITIAL_API_VERSION),
    fieldManager: textAt(outputs, FIELD_MANAGER),
  };
}

export function isSecretObject(object: JsonObject): boolean {
  return kindOf(object) === "Secret" && apiVersionOf(object) === "v1";
}
