import { type Case, one } from "./case.ts";
import { all, broken, denied, inside, quiet, server } from "./changes.ts";

/** Logs are empty. */
export const LOG_CASES: readonly Case[] = [
  one("no logs are kept", "empty_logs", server({ retentionDays: 0 }), "retention_zero"),
  one("log lines get lost", "empty_logs", broken, "log_pipeline_stale"),
  one(
    "calls leave no line",
    "empty_logs",
    (e) => {
      Object.assign(inside(e.logs.console), { lines: 0, traced: 0 });
    },
    "log_pipeline_stale",
  ),
  one(
    "clients call the direct URL",
    "empty_logs",
    (e) => {
      inside(e.logs.counts).now.byDoor = { direct: 40, pinned: 0, gateway: 0 };
    },
    "wrong_url",
  ),
  one(
    "everybody is turned away",
    "empty_logs",
    all(quiet, denied("token_audience_mismatch")),
    "blocked_at_gateway",
    "token_audience",
  ),
  one("nobody calls", "empty_logs", quiet, "no_traffic"),
  one("the agent did not arrive", "agent_fails", quiet, "no_traffic"),
];
