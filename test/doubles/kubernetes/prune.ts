import { isObject, type Json, type JsonObject } from "./objects";

/** What of a live object was asked for: its values, in the shape of the inputs. */
export function pruned(live: JsonObject, inputs: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(live)
      .filter(([key]) => key in inputs)
      .map(([key, value]) => [key, prunedValue(value, inputs[key]!)]),
  );
}

function prunedValue(live: Json, input: Json): Json {
  if (isObject(live) && isObject(input)) return pruned(live, input);
  if (!Array.isArray(live) || !Array.isArray(input)) return live;
  // Elements belong together by their place.
  return live.slice(0, input.length).map((element, index) => prunedValue(element, input[index]!));
}
