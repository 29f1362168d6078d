import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogLevel, levelOf, logTo, withoutRepeats } from "../../components/runtime/log";

const levels: [string, LogLevel | undefined][] = [
  ["DEBUG", "debug"],
  ["Info", "info"],
  ["WARN", "warning"],
  ["WARNING", "warning"],
  ["error", "error"],
  ["loud", undefined],
];
for (const [text, level] of levels) test(`LOG_LEVEL ${text}`, () => assert.equal(levelOf(text), level));

test("a line is JSON, with its details; what is below the threshold is left out", () => {
  const lines: string[] = [];
  const log = logTo((line) => lines.push(line), "warning");
  log("info", "nothing");
  log("error", "it failed", { pod: "db-0" });
  assert.equal(lines.length, 1);
  const { time, ...rest } = JSON.parse(lines[0]!);
  assert.ok(Date.parse(time) > 0);
  assert.deepEqual(rest, { level: "error", message: "it failed", pod: "db-0" });
});

test("the same line is logged once, until many others were", () => {
  const messages: string[] = [];
  const log = withoutRepeats((_, message) => messages.push(message));
  for (let count = 0; count < 3; count++) log("info", "again");
  log("info", "again", { pod: "db-0" });
  assert.equal(messages.length, 2);
  for (let count = 0; count < 200; count++) log("info", String(count));
  log("info", "again");
  assert.equal(messages.at(-1), "again");
});
