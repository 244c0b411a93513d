import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

/** As many names as a sentence lists before it stops being one. */
const NAMES_SHOWN_MAX = 40;
const NAME_CHARACTERS_SHOWN_MAX = 60;

const NOUNS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  bigint: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "a JSON object",
  record: "a JSON object",
  date: "a date",
  null: "null",
};
const FORMATS: Readonly<Record<string, string>> = {
  datetime: "Give a time in UTC such as 2026-11-20T14:03:00.000Z.",
  date: "Give a date such as 2026-11-20.",
  time: "Give a time of day such as 14:03:00.",
  email: "Give an e-mail address such as ada@example.com.",
  url: "Give a whole URL such as https://example.com/path.",
  uuid: "Give a UUID.",
  ipv4: "Give an IPv4 address.",
  ipv6: "Give an IPv6 address.",
};

/**
 * What is wrong with an input and what to give instead, as a sentence for people: the error map of every parse whose issues
 * somebody is shown. A schema's own messages come before it.
 */
export function issueText(issue: Issue): string {
  return issue.input === undefined ? `It is missing. ${adviceOf(issue)}` : adviceOf(issue);
}

function adviceOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, issue.input);
    case "invalid_value":
      return oneOf(issue.values);
    case "too_small":
      return bound(issue.origin, issue.minimum, issue.exact ? "exactly" : issue.inclusive ? "least" : "more");
    case "too_big":
      return bound(issue.origin, issue.maximum, issue.exact ? "exactly" : issue.inclusive ? "most" : "less");
    case "invalid_format":
      return wrongFormat(issue);
    case "not_multiple_of":
      return `Give a multiple of ${issue.divisor}.`;
    case "unrecognized_keys":
      return unknownFields(issue.keys, fieldsOf(issue.inst));
    case "invalid_union":
      return noForm(issue);
    case "invalid_key":
      return `A name in it is not valid. ${issue.issues[0]?.message ?? ""}`.trim();
    case "invalid_element":
      return `An entry of it is not valid. ${issue.issues[0]?.message ?? ""}`.trim();
    case "custom":
      return "This value is not allowed here.";
  }
}

function wrongType(expected: string, input: unknown): string {
  const wanted = NOUNS[expected] ?? "another value";
  return typeof input === "number" && expected === "number" ? "Give a finite number." : `Give ${wanted}.`;
}

function oneOf(values: readonly z.core.util.Primitive[]): string {
  const [only, ...others] = values;
  return others.length === 0 ? `Give ${String(only)}.` : `Give one of ${listed(values.map(String))}.`;
}

type Side = "least" | "most" | "exactly" | "more" | "less";
const COUNTED: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ["character", "characters"],
  array: ["entry", "entries"],
  set: ["entry", "entries"],
  map: ["entry", "entries"],
  record: ["entry", "entries"],
  object: ["entry", "entries"],
};

function bound(origin: string, limit: number | bigint, side: Side): string {
  if (origin === "string" && side === "least" && limit === 1) return "It is empty. Give a text.";
  const how = {
    least: "at least",
    most: "at most",
    exactly: "exactly",
    more: "more than",
    less: "less than",
  };
  const counted = COUNTED[origin];
  if (counted === undefined) return `Give ${side === "exactly" ? "" : "a number of "}${how[side]} ${limit}.`;
  return `Give ${how[side]} ${limit} ${limit === 1 || limit === 1n ? counted[0] : counted[1]}.`;
}

function wrongFormat(issue: Extract<Issue, { code: "invalid_format" }>): string {
  switch (issue.format) {
    case "starts_with":
      return `It must start with ${JSON.stringify(issue.prefix)}.`;
    case "ends_with":
      return `It must end with ${JSON.stringify(issue.suffix)}.`;
    case "includes":
      return `It must contain ${JSON.stringify(issue.includes)}.`;
    case "regex":
      return `It must match ${String(issue.pattern)}.`;
    default:
      return FORMATS[issue.format] ?? `Give a valid ${issue.format}.`;
  }
}

function unknownFields(keys: readonly string[], known: readonly string[] | null): string {
  const unknown = keys.map((key) => JSON.stringify(key.slice(0, NAME_CHARACTERS_SHOWN_MAX)));
  const what = `There is no field ${listed(unknown)}`;
  if (known === null) return `${what}.`;
  return known.length === 0 ? `${what}; there are none here.` : `${what}; there are ${listed(known)}.`;
}

const fieldsOf = (schema: Issue["inst"]): string[] | null => {
  const def = schema?._zod.def as { shape?: Record<string, unknown> } | undefined;
  return def?.shape === undefined ? null : Object.keys(def.shape);
};

/** The forms by what tells them apart, or what each of them asks for. */
function noForm(issue: Extract<Issue, { code: "invalid_union" }>): string {
  const { options } = issue as { options?: readonly z.core.util.Primitive[] };
  if (options !== undefined && options.length > 0) return oneOf(options);
  const firsts = issue.errors.map(([first]) => first);
  const values = firsts.flatMap((first) =>
    first?.code === "invalid_value" && first.path.length === 0 ? first.values : [],
  );
  if (values.length > 0 && values.length >= firsts.length) return oneOf(values);
  const reasons = new Set(firsts.flatMap((first) => (first === undefined ? [] : [whereAndWhat(first)])));
  return reasons.size === 0 ? "It fits several forms at once." : [...reasons].join(" Or: ");
}

const whereAndWhat = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.join(".")}: ${message}`;

const listed = (names: readonly string[]): string =>
  names.length <= NAMES_SHOWN_MAX
    ? names.join(", ")
    : `${names.slice(0, NAMES_SHOWN_MAX).join(", ")} and others`;
