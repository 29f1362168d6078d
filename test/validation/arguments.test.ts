import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { derived, validated, validatedIfGiven } from "../../components/validation/arguments";
import { known, startMocks } from "../mocks";

describe("arguments", () => {
  beforeEach(startMocks);

  const odd = (value: number) => (value % 2 === 1 ? undefined : `${value} is even`);

  test("what is made of a plain value is plain, however deep it is", () => {
    assert.deepEqual(
      derived([1, { a: [2] }], ([one, { a }]) => [one, ...a]),
      [1, 2],
    );
  });

  test("what is made of an output waits for it, also among plain values", async () => {
    const sum = derived([1, pulumi.secret(2)], ([one, two]) => one + two);
    assert.ok(pulumi.Output.isInstance(sum));
    assert.deepEqual([await known(sum), await pulumi.isSecret(sum)], [3, true]);
  });

  test("a plain value that is not valid is rejected at once, by its name", () => {
    assert.throws(() => validated("count", 2, odd), { message: "count: 2 is even" });
    assert.equal(validated("count", 3, odd), 3);
    assert.equal(validatedIfGiven("count", undefined, odd), undefined);
  });
});
