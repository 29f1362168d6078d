import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Handler, PartialFailure } from "../../components/dynamic/handler";
import { serve } from "../../components/dynamic/serve";

interface Inputs {
  size: number;
}
type Outputs = Inputs & { made: boolean };

const plain: Handler<Inputs, Outputs> = {
  async create(inputs) {
    return { id: "id", outs: { ...inputs, made: true } };
  },
};

const given = { size: 1, __provider: "code" };

test("a handler never sees the serialised provider", async () => {
  const seen: object[] = [];
  const outs = { size: 1, made: true };
  const look = <T>(values: object[], result: T): T => {
    seen.push(...values);
    return result;
  };
  const served = serve<Inputs, Outputs>({
    check: (...all) => look(all, []),
    diff: (...all) => look(all, { changes: false }),
    create: async (inputs) => look([inputs], { id: "id", outs }),
    update: async (_, ...all) => look(all, { outs }),
    read: async (_, before) => look([before], outs),
    delete: async (_, before) => look([before], undefined),
  });
  await served.check(given, given);
  await served.diff("id", given, given);
  await served.create(given);
  await served.update("id", given, given);
  await served.read("id", given);
  await served.delete("id", given);
  assert.equal(seen.length, 9);
  for (const value of seen) assert.ok(!("__provider" in value));
});

test("a failure names its field in the reason, as the engine prints the value of a reported field", async () => {
  const failing = serve<Inputs, Outputs>({ ...plain, check: () => [{ property: "size", reason: "give more" }] });
  assert.deepEqual((await failing.check({}, given)).failures, [{ property: "", reason: "size: give more" }]);
});

describe("an argument that is null counts as left out", () => {
  const cases: [title: string, news: object, inputs: object][] = [
    ["a field", { size: 1, more: null }, { size: 1 }],
    ["a field inside", { tls: { ca: null, key: "k" } }, { tls: { key: "k" } }],
    ["a field in a list", { nodes: [{ url: "u", name: null }] }, { nodes: [{ url: "u" }] }],
    ["but not an element, which is missing where something should be", { nodes: [null] }, { nodes: [null] }],
    ["nor what is empty", { text: "", list: [], not: false, none: 0 }, { text: "", list: [], not: false, none: 0 }],
  ];
  for (const [title, news, inputs] of cases)
    test(title, async () => assert.deepEqual((await serve(plain).check({}, news as never)).inputs, inputs));
});

test("outputs that are undefined are left out, as the engine rejects them", async () => {
  const outs = { size: 1, made: true, more: undefined, inside: { none: undefined } };
  const served = serve<Inputs, Outputs>({ create: async () => ({ id: "id", outs }), read: async () => outs });
  const clean = { size: 1, made: true, inside: {} };
  assert.deepStrictEqual((await served.create(given)).outs, clean);
  assert.deepStrictEqual((await served.read("id", given)).props, clean);
});

describe("a handler without diff", () => {
  const served = serve(plain);
  const olds = { size: 1, made: true, __provider: "old code" };
  test("sees changed inputs", async () => assert.ok((await served.diff("id", olds, { ...given, size: 2 })).changes));
  test("sees no change in outputs or provider", async () => assert.ok(!(await served.diff("id", olds, given)).changes));
});

test("a resource that is gone is read as having no id", async () => {
  const served = serve<Inputs, Outputs>({ ...plain, read: async () => undefined });
  assert.deepEqual(await served.read("id", given), {});
});

test("a partial failure keeps the resource, its provider and the reason in state", async () => {
  const outs = { size: 1, made: false };
  const served = serve<Inputs, Outputs>({
    create: () => Promise.reject(new PartialFailure("id", outs, new Error("disk full"))),
  });
  await assert.rejects(served.create(given), (error: object) => {
    const { id, properties, reasons } = error as { id: string; properties: object; reasons: string[] };
    assert.deepEqual(
      { id, properties, reasons },
      { id: "id", properties: { ...outs, __incomplete: true, __provider: "code" }, reasons: ["disk full"] },
    );
    return true;
  });
});

test("what ended half-way is done again, also after a refresh that found nothing, until it is complete", async () => {
  const seen: object[] = [];
  let isFull = true;
  const served = serve<Inputs, Outputs>({
    ...plain,
    diff: (olds, news) => ({ changes: olds.size !== news.size }),
    update: async (id, olds, news) => {
      seen.push(olds);
      const outs = { ...olds, ...news };
      if (isFull) throw new PartialFailure(id, outs, new Error("disk full"));
      return { outs };
    },
    read: async (_, outs) => ({ ...outs, made: true }),
  });
  const before = { size: 1, made: true, __provider: "code" };
  const failure = await served.update("id", before, { ...given, size: 2 }).catch((error: object) => error);
  const { properties: left } = failure as { properties: Record<string, unknown> };
  const refreshed = (await served.read("id", left)).props!;
  assert.ok((await served.diff("id", refreshed, { ...given, size: 2 })).changes);
  isFull = false;
  const { outs } = await served.update("id", refreshed, { ...given, size: 2 });
  assert.ok(!(await served.diff("id", outs, { ...given, size: 2 })).changes);
  assert.deepEqual((await served.read("id", outs)).props, { size: 2, made: true });
  for (const olds of seen) assert.deepEqual(Object.keys(olds), ["size", "made"]);
});
