import { z } from "zod";
import { ConsoleFilter, type CreateSavedView, PageQuery, RequestFilter } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/** What a page's address says beside the filter: which log, and how much of it. Never a place in it. */
const PAGE = {
  log: z.enum(["requests", "console"]).optional(),
  /** `1h`, `24h`, `7d` or `custom`, as the page names its windows. */
  window: z
    .string()
    .regex(/^[0-9a-z]{1,16}$/)
    .optional(),
  pageSize: PageQuery.shape.pageSize.optional(),
};
const VIEWS: Record<CreateSavedView["log"], z.ZodObject> = {
  requests: RequestFilter.omit({ environment: true }).extend(PAGE),
  console: ConsoleFilter.omit({ environment: true }).extend(PAGE),
};

/**
 * The query string of a view as it is kept: without a leading `?`. Throws `invalid_input` for parameters that the log
 * does not know or cannot read, and for repeated ones.
 */
export function checkViewQuery(log: CreateSavedView["log"], query: string): string {
  const text = query.replace(/^\?/, "");
  const parameters = new URLSearchParams(text);
  const names = [...parameters.keys()];
  const schema = VIEWS[log];
  const unknown = names.find((name) => !Object.hasOwn(schema.shape, name));
  if (unknown !== undefined)
    throw refuse(
      `A view of the ${log === "requests" ? "request log" : "console log"} cannot keep the parameter ${quoted(unknown)}. It knows ${Object.keys(schema.shape).join(", ")}.`,
    );
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw refuse(`The parameter ${quoted(repeated)} is there twice. Separate several values with commas.`);
  const named = parameters.get("log");
  if (named !== null && named !== log) throw refuse(`The query is about another log than the view, ${log}.`);
  const parsed = schema.safeParse(Object.fromEntries(parameters));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(
      `The parameter ${quoted(String(issue?.path[0] ?? ""))} has a value that the log cannot read.`,
    );
  }
  return text;
}

const CHARACTERS_SHOWN = 60;
const quoted = (name: string): string => JSON.stringify(name.slice(0, CHARACTERS_SHOWN));

const refuse = (message: string): DomainError =>
  new DomainError("invalid_input", message, { errors: [{ path: "query", code: "invalid_query", message }] });
