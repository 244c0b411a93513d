import { collected, shift } from "../healthy-evidence.ts";
import { type Case, one } from "./case.ts";
import { AT, all, inside, more } from "./changes.ts";

/** There is more use than before. */
export const USAGE_CASES: readonly Case[] = [
  one(
    "an agent repeats itself",
    "usage_spike",
    all(more(400, [shift("agent", "agt_1", [340, 0], [40, 0])]), (e) => {
      inside(e.usage.repeats).ratio = 0.8;
    }),
    "loop",
  ),
  one(
    "an agent calls one tool all the time, arguments unknown",
    "usage_spike",
    all(
      more(400, [
        { ...shift("agent", "agt_1", [340, 0], [40, 0]), label: "Desk agent" },
        shift("tool", "get_ticket", [340, 0], [30, 0]),
      ]),
      (e) => {
        inside(e.usage.repeats).ratio = null;
      },
    ),
    "loop",
  ),
  one(
    "a widget went live",
    "usage_spike",
    more(400, [shift("source", "embed", [300, 0], [0, 0])]),
    "embed_traffic",
  ),
  one(
    "a new client came",
    "usage_spike",
    all(more(400, []), (e) => {
      e.usage.newClients = collected([{ client: "nightly-export", calls: 300, firstAt: AT }]);
    }),
    "new_client",
  ),
  one(
    "callers try again and again",
    "usage_spike",
    all(more(400, []), (e) => {
      inside(e.usage.repeats).retryRatio = 0.6;
    }),
    "retry_storm",
  ),
  one("everybody calls more", "usage_spike", more(300, [shift("client", "a", [150, 0], [50, 0])]), "growth"),
];
