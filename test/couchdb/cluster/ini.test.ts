import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultConfig, type Ini, iniProblem, merged, renderIni } from "../../../components/couchdb/cluster/ini";

describe("the nodes' ini file", () => {
  test("by default", () => {
    assert.equal(
      renderIni(defaultConfig({ tls: false, metrics: false })),
      [
        "[chttpd]",
        "bind_address = any",
        "port = 5984",
        "require_valid_user = true",
        "require_valid_user_except_for_up = true",
        "",
        "[cluster]",
        "n = 3",
        "q = 2",
        "reconnect_interval_sec = 5",
        "",
        "[disk_monitor]",
        "enable = true",
        "",
      ].join("\n"),
    );
  });

  test("with TLS and metrics", () => {
    const { ssl, prometheus } = defaultConfig({ tls: true, metrics: true });
    assert.deepEqual(ssl, {
      enable: "true",
      port: "6984",
      cert_file: "/opt/couchdb/tls/tls.crt",
      key_file: "/opt/couchdb/tls/tls.key",
    });
    assert.deepEqual(prometheus, { additional_port: "true", bind_address: "any", port: "17986" });
  });

  test("the user's own goes over the default, key by key", () => {
    const base = { cluster: { q: "2", n: "3" } };
    assert.deepEqual(merged(base, { cluster: { q: "8" }, log: { level: "debug" } }), {
      cluster: { q: "8", n: "3" },
      log: { level: "debug" },
    });
  });

  test("the order in which it was written makes no difference", () => {
    assert.equal(renderIni({ b: { y: "1", x: "2" }, a: {} }), renderIni({ a: {}, b: { x: "2", y: "1" } }));
  });

  const rejected: [string, Ini, RegExp][] = [
    ["administrators", { admins: { eve: "secret" } }, /\[admins\] is made from credentials/],
    ["the uuid", { couchdb: { uuid: "1" } }, /\[couchdb\] uuid can't be set here: give credentials.uuid/],
    ["what the probes ask without a password", { chttpd: { require_valid_user_except_for_up: "false" } }, /\/_up/],
    ["a mode in which no node gets ready", { couchdb: { maintenance_mode: "true" } }, /on the running node/],
    ["the port of HTTPS", { ssl: { port: "1" } }, /6984/],
    ["the port of metrics", { prometheus: { port: "1" } }, /17986/],
    ["the port", { chttpd: { port: "1" } }, /\[chttpd\] port can't be set here/],
    ["the cookie secret", { chttpd_auth: { secret: "1" } }, /give credentials.cookieSecret/],
    ["a line break", { log: { level: "debug\n[admins]" } }, /\[log\] level has a line break/],
    ["a section that closes itself", { "log]\n[admins": { level: "1" } }, /is not a valid name of a section/],
    ["a key that assigns", { log: { "a = b": "1" } }, /\[log\] a = b is not a valid key/],
    ["a text for all", "[log]" as unknown as Ini, /give an object of sections/],
    ["a text for a section", { log: "debug" as unknown as Ini["log"] & object }, /\[log\] must be an object of keys/],
    ["nothing for a section", { log: null as unknown as Ini["log"] & object }, /\[log\] must be an object of keys/],
    [
      "what would be a comment",
      { csp: { utils_header_value: "default-src 'self' ; img-src *" } },
      /reads the rest as a comment/,
    ],
    ["nothing but a comment", { log: { level: ";debug" } }, /as a comment/],
    ["a number", { cluster: { q: 8 as unknown as string } }, /\[cluster\] q must be a text; put it in quotes/],
  ];
  for (const [what, ini, expected] of rejected)
    test(`rejected: ${what}`, () => {
      const problem = iniProblem(ini) ?? "";
      assert.match(problem, expected);
      assert.doesNotMatch(problem, /secret"|debug/);
    });

  test("everything else is valid", () => {
    assert.equal(
      iniProblem({ query_server_config: { reduce_limit: "false" }, smoosh: { "db_channels.x": "a = b; c" } }),
      undefined,
    );
  });
});
