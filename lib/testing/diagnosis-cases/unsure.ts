import { missing } from "../healthy-evidence.ts";
import { type Case, unsure } from "./case.ts";
import { all, broken, inside, quiet, server, unprobed, unprobedAgent } from "./changes.ts";

/** What is missing might be the cause. */
export const UNSURE_CASES: readonly Case[] = [
  unsure("nobody called long ago, and only the server of now can be asked", null, (e) => {
    quiet(e);
    e.window = { from: "2016-01-01T00:00:00.000Z", to: "2016-01-01T00:30:00.000Z" };
  }),
  unsure("the window is older than what is kept", null, (e) => {
    e.logs.counts = missing(
      "failed",
      "The window is older than the 7 days of history that this server keeps.",
    );
  }),
  unsure("nothing probed and no traffic", "agent_fails", all(quiet, unprobed)),
  unsure("nothing probed and no traffic, an open question", null, all(quiet, unprobed)),
  unsure(
    "no data of the agent that is asked about",
    "agent_fails",
    all(unprobedAgent, (e) => {
      for (const part of ["agent", "layers", "tools", "calls"])
        Object.assign(e.budget, { [part]: missing("timeout", "Too late.") });
    }),
  ),
  unsure("log pipeline dead and no probes", "call_fails", all(broken, unprobed, quiet)),
  unsure("billing is not allowed", "credits_drop", (e) => {
    for (const part of Object.keys(e.billing))
      Object.assign(e.billing, { [part]: missing("not_allowed", "You may not see billing.") });
  }),
  unsure(
    "the window is older than the history",
    "call_fails",
    all(quiet, unprobed, (e) => {
      for (const part of Object.keys(e.logs))
        Object.assign(e.logs, {
          [part]: missing(
            "failed",
            "The window is older than the 30 days of history that this server keeps.",
          ),
        });
    }),
  ),
  unsure(
    "calls fail and nothing of them is kept",
    "call_fails",
    all(unprobed, server({ retentionDays: 0 }), (e) => {
      Object.assign(inside(e.logs.counts).now, { callsOk: 30, byOutcome: { ok: 30, tool_error: 70 } });
    }),
  ),
  unsure("nobody called, so nothing was slow", "slow", quiet),
];
