import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesOf, isLess } from "../../../components/couchdb/claims/quantity";

describe("sizes", () => {
  const cases: [quantity: string, bytes: number][] = [
    ["1", 1],
    ["1000", 1000],
    ["1k", 1000],
    ["1Ki", 1024],
    ["10Gi", 10 * 2 ** 30],
    ["1.5Gi", 1.5 * 2 ** 30],
    [".5G", 5e8],
    ["2.", 2],
    ["+3M", 3e6],
    ["1T", 1e12],
    ["1Ti", 2 ** 40],
    ["1P", 1e15],
    ["1Pi", 2 ** 50],
    ["1E", 1e18],
    ["1Ei", 2 ** 60],
    ["5e9", 5e9],
    ["5E9", 5e9],
    ["1.5e+3", 1500],
    ["5000e-3", 5],
  ];
  for (const [quantity, bytes] of cases) test(quantity, () => assert.equal(bytesOf(quantity), bytes));
});

describe("no sizes", () => {
  for (const text of [
    "",
    "Gi",
    "10GB",
    "10 Gi",
    "10gi",
    "-1Gi",
    "0",
    "0Gi",
    "100m",
    "1e",
    "1e3Gi",
    "1K",
    "1,5Gi",
    "1e999",
  ])
    test(`"${text}"`, () => assert.equal(bytesOf(text), undefined));
});

describe("less", () => {
  const cases: [quantity: string, than: string, less: boolean][] = [
    ["1Gi", "2Gi", true],
    ["1G", "1Gi", true],
    ["1Gi", "1024Mi", false],
    ["2Gi", "1Gi", false],
    ["nonsense", "1Gi", false],
    ["1Gi", "nonsense", false],
  ];
  for (const [quantity, than, less] of cases)
    test(`${quantity} ${less ? "<" : "≥"} ${than}`, () => assert.equal(isLess(quantity, than), less));
});
