import type { Check } from "../../check.ts";
import { asAgent, canaryAsAgent } from "./agent.ts";
import { canary } from "./canary.ts";
import { protocol, toolsList } from "./eras.ts";
import { tools } from "./tools.ts";

export const SMOKE_CHECKS: readonly Check[] = [
  toolsList("modern", "tools/list, modern era"),
  toolsList("legacy", "tools/list, legacy era"),
  canary,
  protocol,
  tools,
  asAgent,
  canaryAsAgent,
];
