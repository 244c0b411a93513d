import type { LogLevel } from "#lib/contract/log-stream.ts";

/** How a level looks: one letter beside the colour, so that colour is never the only sign. */
export const LEVEL_LOOK: Readonly<Record<LogLevel, { letter: string; badge: string; row: string }>> = {
  debug: { letter: "D", badge: "text-debug", row: "text-muted" },
  info: { letter: "I", badge: "bg-info/10 text-info", row: "" },
  warn: { letter: "W", badge: "bg-warn/14 text-warn", row: "bg-warn/5" },
  error: { letter: "E", badge: "bg-fail/16 text-fail", row: "bg-fail/8" },
};

/** The choices of the level filter; `all` shows debug lines too. */
export const LEVEL_CHOICES = [
  { value: "all", label: "All", level: undefined },
  { value: "info", label: "Info+", level: "info" },
  { value: "warn", label: "Warn+", level: "warn" },
  { value: "error", label: "Error", level: "error" },
] as const;
export type LevelChoice = (typeof LEVEL_CHOICES)[number]["value"];
