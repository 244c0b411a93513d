import type { Alert } from "#lib/contract/index.ts";

const RISING: readonly Alert["severity"][] = ["info", "warning", "critical"];

/** One that this version does not know is the least. */
export const severityOf = (text: string): Alert["severity"] =>
  RISING.find((severity) => severity === text) ?? "info";

/** That severity and those above it. */
export const severitiesFrom = (severity: Alert["severity"]): readonly Alert["severity"][] =>
  RISING.slice(RISING.indexOf(severity));

export const isWorse = (severity: string, than: string): boolean =>
  RISING.indexOf(severityOf(severity)) > RISING.indexOf(severityOf(than));
