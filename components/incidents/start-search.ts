import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { parseAsTimestamp } from "#components/requests/parse-timestamp.ts";
import { SYMPTOM_ORDER } from "./symptoms.ts";

/** From where a walkthrough may be started; anything else counts as the dashboard. */
export const START_ORIGINS = ["dashboard", "check", "log"] as const;

/** What a walkthrough starts with, as the address of its form holds it: every page can lead there with what it knows. */
export const startSearch = {
  symptom: parseAsStringLiteral(SYMPTOM_ORDER),
  /** Slug or id. */
  server: parseAsString,
  /** Id or name. */
  agent: parseAsString,
  tool: parseAsString,
  client: parseAsString,
  /** One call that failed. */
  requestId: parseAsString,
  /** One check that failed. */
  checkId: parseAsString,
  /** The moment in question; now when it is absent. */
  at: parseAsTimestamp,
  origin: parseAsStringLiteral(START_ORIGINS).withDefault("dashboard"),
};
export type StartSearch = inferParserType<typeof startSearch>;
