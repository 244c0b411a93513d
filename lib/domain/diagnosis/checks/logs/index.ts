import type { Check } from "../../check.ts";
import { errors, failing, traffic } from "./calls.ts";
import { lines, pipeline } from "./lines.ts";
import { latency, sizes } from "./speed.ts";
import { unlisted } from "./unlisted-tools.ts";
import { upstream } from "./upstream.ts";

export const LOG_CHECKS: readonly Check[] = [
  traffic,
  errors,
  failing,
  unlisted,
  latency,
  sizes,
  lines,
  pipeline,
  upstream,
];
