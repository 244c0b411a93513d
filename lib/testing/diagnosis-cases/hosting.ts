import { collected, regionHealth, shift } from "../healthy-evidence.ts";
import { type Case, one } from "./case.ts";
import {
  AT,
  all,
  answers,
  denied,
  fails,
  inside,
  KEY_SET,
  PUBLISHED,
  quiet,
  server,
  unprobed,
} from "./changes.ts";

/** The server, its regions, its versions and its runtime. */
export const HOSTING_CASES: readonly Case[] = [
  one("the server was deleted", null, all(server({ isDeleted: true }), quiet, unprobed), "server_deleted"),
  one("nothing is published", null, all(server({ version: null, status: "draft" }), quiet), "not_published"),
  one(
    "the server is switched off",
    "agent_fails",
    all(server({ status: "inactive" }), denied("server_inactive")),
    "server_inactive",
  ),
  one(
    "one region is down",
    "one_region_or_version",
    (e) => {
      e.hosting.regions = collected([regionHealth("eu", "healthy"), regionHealth("us", "down", "tls")]);
    },
    "region_down",
  ),
  one(
    "calls of one region fail",
    "one_region_or_version",
    (e) => {
      const [previous] = inside(e.usage.comparisons);
      if (previous)
        Object.assign(previous, {
          now: { calls: 100, errors: 30 },
          shifts: [shift("region", "us", [30, 29], [30, 0])],
        });
    },
    "region_down",
  ),
  one(
    "a version fails since it was published",
    "one_region_or_version",
    all(PUBLISHED, fails("Cannot read properties of undefined")),
    "bad_deployment",
    "server_code_error",
  ),
  one(
    "nobody asked about the version that fails",
    null,
    all(
      PUBLISHED,
      fails("MCP error -32601: No handler for the tool get_ticket", { outcome: "protocol_error" }),
    ),
    "bad_deployment",
    "handler_missing",
  ),
  one(
    "a secret was changed and calls fail since",
    "call_fails",
    all(KEY_SET, fails("The API said 401"), answers({ "2xx": 60, "401": 40 })),
    "config_change",
    "upstream_auth",
  ),
  one(
    "the runtime crashes",
    "call_fails",
    all(
      fails("The server was stopped because it used too much memory: 128 MiB. It restarts by itself.", {
        outcome: "runtime_error",
        count: 4,
      }),
      (e) => {
        e.hosting.crashes = collected([
          { at: AT, node: "edge-eu", region: "eu", reason: "It used more than 128 MiB." },
        ]);
      },
    ),
    "runtime_crash",
  ),
];
