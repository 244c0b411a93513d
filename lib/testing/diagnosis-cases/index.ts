import { ACCESS_CASES } from "./access.ts";
import { AGENT_CASES } from "./agent.ts";
import { CALL_CASES } from "./calls.ts";
import type { Case } from "./case.ts";
import { CREDIT_CASES } from "./credits.ts";
import { DOUBLE_CASES } from "./double.ts";
import { HEALTHY_CASES } from "./healthy.ts";
import { HOSTING_CASES } from "./hosting.ts";
import { LOG_CASES } from "./logs.ts";
import { OVER_CASES } from "./over.ts";
import { SLOW_CASES } from "./slow.ts";
import { TOOL_CASES } from "./tools.ts";
import { UNSURE_CASES } from "./unsure.ts";
import { USAGE_CASES } from "./usage.ts";

export { type Case, evidenceOf } from "./case.ts";
export { OVER_CASES } from "./over.ts";
export { TOOL_CASES } from "./tools.ts";

export const CASES: readonly Case[] = [
  ...HOSTING_CASES,
  ...LOG_CASES,
  ...AGENT_CASES,
  ...TOOL_CASES,
  ...USAGE_CASES,
  ...CREDIT_CASES,
  ...CALL_CASES,
  ...SLOW_CASES,
  ...ACCESS_CASES,
  ...OVER_CASES,
  ...DOUBLE_CASES,
  ...HEALTHY_CASES,
  ...UNSURE_CASES,
];
