import { ACCESS_RULES } from "./access.ts";
import { AGENT_RULES } from "./agents.ts";
import { budgetExhausted } from "./budgets.ts";
import { CALL_RULES } from "./calls.ts";
import { CREDIT_RULES } from "./credits.ts";
import { EMPTY_LOGS_RULES } from "./empty-logs.ts";
import type { Rule } from "./rule.ts";
import { SERVER_RULES } from "./server-state.ts";
import { SLOW_RULES } from "./slow.ts";
import { TOOL_RULES } from "./tools.ts";
import { USAGE_RULES } from "./usage.ts";

/** Every rule. Which of several causes comes first is said in `order.ts`. */
export const RULES: readonly Rule[] = [
  ...SERVER_RULES,
  ...EMPTY_LOGS_RULES,
  ...ACCESS_RULES,
  ...AGENT_RULES,
  budgetExhausted,
  ...TOOL_RULES,
  ...CALL_RULES,
  ...SLOW_RULES,
  ...USAGE_RULES,
  ...CREDIT_RULES,
];
