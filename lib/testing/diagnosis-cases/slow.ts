import { type Case, one } from "./case.ts";
import { all, connected, inside, slower } from "./changes.ts";

/** Calls are slow. */
export const SLOW_CASES: readonly Case[] = [
  one("the upstream is slow", "slow", slower(1_500, 1_480), "upstream_slow"),
  one(
    "runtimes start slowly",
    "slow",
    all(slower(2_100, 20), (e) => {
      Object.assign(inside(e.logs.hops).now, { coldStarts: 20, startP95Ms: 2_000 });
    }),
    "cold_start",
  ),
  one(
    "answers grew",
    "slow",
    all(connected, slower(900, 900), (e) => {
      inside(e.logs.counts).now.responseBytesP95 = 6_000_000;
    }),
    "large_payload",
    "upstream_slow",
  ),
  one("calls wait for one another", "slow", slower(1_800, 20), "queueing"),
];
