import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf, selectorLabels } from "../../components/kubernetes/labels";
import { annotationsOf, ObjectMetadata } from "../../components/kubernetes/metadata";
import { secretData } from "../../components/kubernetes/secret-data";
import { known, startMocks } from "../mocks";

const resolved = (value: unknown) => known(pulumi.output(value));

describe("the metadata of a component's objects", () => {
  beforeEach(startMocks);

  const metadata = () =>
    new ObjectMetadata({
      component: "Thing",
      labels: labelsOf({ team: "shop", "app.kubernetes.io/name": "mine" }, selectorLabels("thing", "one"), "cache"),
      annotations: { note: "n" },
    });
  const labels = {
    team: "shop",
    "app.kubernetes.io/name": "thing",
    "app.kubernetes.io/instance": "one",
    "app.kubernetes.io/component": "cache",
  };

  test("the first names the owner, and gets a manager that no other stack shares", async () => {
    assert.deepEqual(await resolved(metadata().first("one", { more: "m" })), {
      name: "one",
      namespace: undefined,
      labels,
      annotations: { note: "n", more: "m", "pulumi-couch/stack": "test/test" },
    });
  });

  test("all others have the component's manager, in the namespace of the first", async () => {
    assert.deepEqual(await resolved(metadata().in(pulumi.output("shop")).of("two")), {
      name: "two",
      namespace: "shop",
      labels,
      annotations: { note: "n", "pulumi.com/patchFieldManager": "pulumi-kubernetes/Thing" },
    });
  });

  test("pods have neither, as their controller makes them", async () => {
    assert.deepEqual(await resolved(metadata().ofPods()), { labels, annotations: { note: "n" } });
  });

  test("the last annotation of a key counts, and an empty map is left out", async () => {
    assert.deepEqual(await resolved(annotationsOf({ a: "1" }, undefined, pulumi.output({ a: "2" }))), { a: "2" });
    assert.equal(annotationsOf(undefined, {}), undefined);
  });

  test("the data of a Secret is in base64, and stays secret", async () => {
    const data = secretData({ key: pulumi.secret("é") });
    assert.deepEqual([await known(data), await pulumi.isSecret(data)], [{ key: "w6k=" }, true]);
  });
});
