/** What the pages at the root say of the sources, compared with them. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { checkout } from "../toolchain/places";

const pages = ["README.md", "TROUBLESHOOTING.md", "CONTRIBUTING.md", "CHANGELOG.md", "test/bench/README.md"];

function read(page: string): string {
  return readFileSync(join(checkout, page), "utf8");
}

/** All sources of the package, each text that is put together of several lines as one. */
function sources(): string {
  const folder = join(checkout, "components");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8"));
  return texts.join("\n").replaceAll(/["`] \+\s+["`]/g, "");
}

/** The messages in the first column of a page's first table. */
function messagesOf(page: string): string[] {
  const [, ours = ""] = page.split(/^## .*$/m);
  const cells = [...ours.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => [...cell.matchAll(/`(.+?)`/g)].map(([, message]) => message!));
}

describe("each message in TROUBLESHOOTING.md is in the sources", () => {
  const code = sources();
  const messages = messagesOf(read("TROUBLESHOOTING.md"));
  assert.ok(messages.length > 10);
  for (const message of new Set(messages))
    test(message, () => {
      for (const part of message.split("…")) assert.ok(code.includes(part.trim()), `not in components/: ${part}`);
    });
});

for (const page of pages)
  test(`the links in ${page} lead somewhere`, () => {
    const links = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link!);
    const broken = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(checkout, dirname(page), link)));
    assert.deepEqual(broken, []);
  });

test("the scripts and folders that the pages name exist", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const text = pages.map(read).join("\n");
  const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!);
  assert.deepEqual(
    named.filter((script) => !(script in scripts)),
    [],
  );
  const folders = [...read("CONTRIBUTING.md").matchAll(/^\| `([\w./-]+)` \|/gm)].map(([, folder]) => folder!);
  assert.ok(folders.length > 5);
  const missing = folders.filter((name) => !name.endsWith(".ts") && !existsSync(join(checkout, name)));
  assert.deepEqual(missing, []);
});
