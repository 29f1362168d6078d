import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BackgroundJoin } from "../../../components/couchdb/sidecar/program/background-join";
import { eventually } from "../../eventually";
import { freePorts } from "../../ports";

describe("a join in the background", () => {
  const login = { adminUser: "admin", adminPassword: "old" };

  const cases: [
    title: string,
    change: { urls?: string[]; adminUser?: string; adminPassword?: string },
    ends: boolean,
  ][] = [
    ["goes on while nothing changes", {}, false],
    ["ends for other nodes", { urls: [] }, true],
    ["ends for a changed password, which it would try until its own deadline", { adminPassword: "new" }, true],
    ["ends for another administrator", { adminUser: "root" }, true],
  ];
  for (const [title, change, ends] of cases)
    test(title, async (t) => {
      const [port] = await freePorts(1);
      const target = { urls: [`http://127.0.0.1:${port}`], ...login };
      const background = new BackgroundJoin(
        () => {},
        () => {},
        () => {},
      );
      t.after(() => background.stop());
      background.start(
        { connection: target, formerMembers: [], systemDatabases: ["_users"], bindAddress: "0.0.0.0" },
        () => {},
      );
      background.endUnlessFor({ ...target, ...change });
      if (ends) await eventually("it has ended", async () => !background.isRunning);
      else assert.ok(background.isRunning);
    });
});
