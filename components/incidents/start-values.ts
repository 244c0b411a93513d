import type { CreateIncident, Symptom } from "#lib/contract/index.ts";
import type { StartSearch } from "./start-search.ts";
import { NEEDS_NO_SERVER } from "./symptoms.ts";

/** A walkthrough as its form holds it; empty text for what is not given. */
export interface StartValues {
  readonly symptom: Symptom | null;
  readonly server: string;
  readonly agent: string;
  readonly tool: string;
  readonly client: string;
  readonly requestId: string;
  /** As `datetime-local` writes it, in the reader's zone; empty: now. */
  readonly at: string;
}

/** `2026-11-20T14:03` in the reader's own zone, for a field of a form. */
export function localTextOf(rfc3339: string): string {
  const at = new Date(rfc3339);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** What the form starts with: what the page that led here knew. */
export const valuesOf = (search: StartSearch): StartValues => ({
  symptom: search.symptom,
  server: search.server ?? "",
  agent: search.agent ?? "",
  tool: search.tool ?? "",
  client: search.client ?? "",
  requestId: search.requestId ?? "",
  at: search.at === null ? "" : localTextOf(search.at),
});

const textOf = (text: string): string | undefined => text.trim() || undefined;

/** What the API is asked, or what must be given before, by field. */
export function inputOf(
  values: StartValues,
  from: Pick<StartSearch, "checkId" | "origin">,
): { input: CreateIncident } | { wrong: Partial<Record<keyof StartValues, string>> } {
  const { symptom } = values;
  const atMs = values.at === "" ? null : Date.parse(values.at);
  if (atMs !== null && Number.isNaN(atMs)) return { wrong: { at: "Give a date and a time." } };
  const isAboutMoney = symptom !== null && NEEDS_NO_SERVER.has(symptom);
  if (!isAboutMoney && textOf(values.server) === undefined && textOf(values.requestId) === undefined)
    return { wrong: { server: "Choose the server that it is about." } };
  return {
    input: {
      server: textOf(values.server),
      agent: textOf(values.agent),
      tool: textOf(values.tool),
      client: textOf(values.client),
      requestId: textOf(values.requestId),
      symptom: symptom ?? undefined,
      at: atMs === null ? undefined : new Date(atMs).toISOString(),
      checkId: from.checkId ?? undefined,
      origin: from.origin,
    },
  };
}
