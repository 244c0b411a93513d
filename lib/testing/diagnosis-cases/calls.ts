import { type Case, one } from "./case.ts";
import { all, answers, connected, denied, fails, inside, quiet } from "./changes.ts";

/** Calls fail. */
export const CALL_CASES: readonly Case[] = [
  one(
    "calls need more rights than lists",
    "call_fails",
    all(
      connected,
      fails(
        "The server behind this URL refused our request with HTTP 401: it wants credentials that are not set up here.",
        { outcome: "upstream_error" },
      ),
      answers({ "2xx": 70, "401": 30 }),
    ),
    "call_time_authorization",
    "upstream_auth",
  ),
  one(
    "the upstream refuses our key",
    "call_fails",
    all(fails("API answered 401"), answers({ "2xx": 60, "401": 40 })),
    "upstream_auth",
  ),
  one(
    "the upstream is gone",
    null,
    all(
      connected,
      fails("The upstream server refused the connection. Try again.", {
        outcome: "upstream_error",
        count: 100,
      }),
      answers({ refused: 100 }),
    ),
    "upstream_down",
  ),
  one(
    "an API is gone",
    "call_fails",
    all(fails("fetch failed"), answers({ "2xx": 60, failed: 40 })),
    "upstream_down",
  ),
  one(
    "the upstream answers 500",
    "call_fails",
    all(
      connected,
      fails("The server answered with HTTP 500.", { outcome: "upstream_error" }),
      answers({ "2xx": 70, "5xx": 30 }),
    ),
    "upstream_errors",
  ),
  one(
    "answers are too large",
    "call_fails",
    all(
      fails("The answer is larger than 4194304 bytes, the most that may pass.", { outcome: "too_large" }),
      (e) => {
        const cap = inside(e.hosting.caps)[1];
        if (cap) cap.exceeded24h = 30;
      },
    ),
    "size_cap",
  ),
  one(
    "calls take too long",
    "call_fails",
    fails("The call took longer than 30 s.", { outcome: "timeout" }),
    "time_cap",
  ),
  one(
    "nothing handles the tool",
    "call_fails",
    fails("MCP error -32601: No handler for the tool get_ticket", { outcome: "protocol_error" }),
    "handler_missing",
  ),
  one(
    "the code throws",
    "call_fails",
    fails("Cannot read properties of undefined (reading 'id')"),
    "server_code_error",
  ),
  one("the limit is too low", "call_fails", denied("rate_limited"), "rate_limited"),
  one(
    "the canary fails and nobody called",
    "call_fails",
    all(quiet, (e) => {
      Object.assign(inside(e.smoke.canary), {
        status: "failed",
        failure: {
          step: "tools/call",
          code: "runtime_failed",
          message: "The server crashed while it worked on this call: exit 1.",
          fix: "",
        },
      });
    }),
    "runtime_crash",
  ),
];
