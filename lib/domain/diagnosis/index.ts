/**
 * From a symptom to a named cause: evidence is collected first, then judged by pure checks and rules. The same evidence gives
 * the same diagnosis, byte for byte.
 */
export type { Check, CheckAnswer, EvidencePart } from "./check.ts";
export { type CompareInput, compareServerWindows, compareWindows } from "./compare/index.ts";
export type { Question } from "./question.ts";
export { getReach, type ReachInput, reachOf } from "./reach/index.ts";
