import type { Check } from "../../check.ts";
import { changes } from "./changes.ts";
import { hostingCheck, regions } from "./regions.ts";
import { caps, crashes, starts } from "./runtime.ts";
import { retention, status, urls } from "./settings.ts";

export const HOSTING_CHECKS: readonly Check[] = [
  status,
  regions,
  hostingCheck,
  crashes,
  urls,
  changes,
  caps,
  starts,
  retention,
];
