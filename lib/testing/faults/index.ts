/**
 * The proof of the diagnoser: a small real fleet in which one thing goes wrong at a time, or two, or nothing, or something
 * that cannot be seen; and the score of what is said about it.
 */
import type { Fault } from "./fault.ts";
import { AGENT_FAULTS } from "./scenarios/agent.ts";
import { AUTH_FAULTS } from "./scenarios/auth.ts";
import { CALL_FAULTS } from "./scenarios/calls.ts";
import { CREDIT_FAULTS } from "./scenarios/credits.ts";
import { DECOYS } from "./scenarios/decoys.ts";
import { DOUBLE_FAULTS } from "./scenarios/double.ts";
import { NO_LOGS_FAULTS } from "./scenarios/no-logs.ts";
import { PLACE_FAULTS } from "./scenarios/places.ts";
import { SLOW_FAULTS } from "./scenarios/slow.ts";
import { TOOL_FAULTS } from "./scenarios/tools.ts";
import { USAGE_FAULTS } from "./scenarios/usage.ts";
import { WITHHELD } from "./scenarios/withheld.ts";

export { type Fault, type FaultKind, kindOf } from "./fault.ts";
export { type Fleet, openFleet } from "./fleet.ts";
export { type FaultResult, runFaults } from "./run-faults.ts";
export { scoreLines, scoreOf } from "./score.ts";

export const FAULTS: readonly Fault[] = [
  ...NO_LOGS_FAULTS,
  ...AGENT_FAULTS,
  ...TOOL_FAULTS,
  ...USAGE_FAULTS,
  ...CREDIT_FAULTS,
  ...CALL_FAULTS,
  ...SLOW_FAULTS,
  ...AUTH_FAULTS,
  ...PLACE_FAULTS,
  ...DOUBLE_FAULTS,
  ...DECOYS,
  ...WITHHELD,
];
