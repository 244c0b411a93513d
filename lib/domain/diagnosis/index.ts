/**
 * From a symptom to a named cause: evidence is collected first, then judged by pure checks and rules. The same evidence gives
 * the same diagnosis, byte for byte.
 */
export { ask } from "./ask.ts";
export { collectEvidence } from "./collect/collect-evidence.ts";
export { compareServerWindows } from "./compare/index.ts";
export { diagnose } from "./diagnose.ts";
export { diagnoseNow, isBusy } from "./diagnose-now.ts";
export { evidenceSha256 } from "./evidence-digest.ts";
export type { Question } from "./question.ts";
export { getReach } from "./reach/index.ts";
