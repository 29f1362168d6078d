import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { diffConfiguration } from "./diff-configuration";

function kubeconfig(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "k", cluster: { server } }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "k", context: { cluster: "k", user: "u" } }],
    "current-context": "k",
  });
}

describe("a provider's configuration", () => {
  const old = { kubeconfig: kubeconfig("https://a", "1") };

  it("replaces nothing for another way to log in", async () => {
    const diff = await diffConfiguration(old, { kubeconfig: kubeconfig("https://a", "2") });
    assert.deepEqual(diff, { changed: ["kubeconfig"], replaces: [] });
  });

  it("replaces all for another cluster, or one that is not known yet", async () => {
    const expected = { changed: ["kubeconfig"], replaces: ["kubeconfig"] };
    assert.deepEqual(await diffConfiguration(old, { kubeconfig: kubeconfig("https://b", "1") }), expected);
    const unknown = { kubeconfig: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    assert.deepEqual(await diffConfiguration(old, unknown), expected);
  });

  it("may change otherwise", async () => {
    const diff = await diffConfiguration(old, { ...old, namespace: "b" });
    assert.deepEqual(diff, { changed: ["namespace"], replaces: [] });
  });
});
