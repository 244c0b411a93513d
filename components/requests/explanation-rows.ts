import { moneyText } from "#components/ui/money-text.ts";
import type { Explanation } from "#lib/contract/index.ts";
import { isMicros } from "#lib/kernel/money.ts";
import { matchesToolPattern } from "#lib/kernel/tool-pattern.ts";

export interface ExplanationRow {
  readonly name: string;
  /** Null: it was not presented. */
  readonly presented: string | null;
  /** Null: nothing was expected of it. */
  readonly expected: string | null;
  /** `differs`: this is what the denial is about, or a part of it. `given`: a fact that nothing is said about. */
  readonly verdict: "matches" | "differs" | "given";
}

/** Names of claims and facts in words; others are shown as they are. */
const WORDS: Readonly<Record<string, string>> = {
  method: "way in",
  iss: "issuer (iss)",
  aud: "audience (aud)",
  exp: "expires (exp)",
  nbf: "valid from (nbf)",
  iat: "issued (iat)",
  sub: "subject (sub)",
  alg: "algorithm (alg)",
  kid: "signing key (kid)",
  scope: "scopes",
  missing: "scopes missing",
  azp: "client (azp)",
  form: "form",
  prefix: "key begins with",
  of: "key of",
  revokedAt: "revoked at",
  expiresAt: "expires at",
  grantFor: "a grant for",
  headers: "header, one of",
  callsPerMinuteMax: "calls a minute, at most",
  concurrentMax: "calls at once, at most",
  attachedTo: "attached to",
  limitSource: "limit",
  capMicros: "cap",
  remainingMicros: "left",
  resetsAt: "starts again",
};

/** What is presented under one name and expected under another. */
const COUNTERPART: Readonly<Record<string, string>> = { method: "methods", tool: "tools" };

/** The fact that each reason is about, wherever it stands; other reasons show it by what does not match. */
const CULPRIT: Readonly<Record<string, readonly string[]>> = {
  credentials_missing: ["method"],
  credentials_ambiguous: ["method"],
  access_method_off: ["method"],
  key_unknown: ["prefix"],
  key_expired: ["expiresAt"],
  key_revoked: ["revokedAt"],
  key_of_other_gateway: ["of"],
  token_malformed: ["form"],
  token_algorithm_refused: ["alg"],
  token_key_unknown: ["kid"],
  token_signature_invalid: ["kid"],
  token_expired: ["exp"],
  token_not_yet_valid: ["nbf"],
  token_issuer_mismatch: ["iss"],
  token_audience_mismatch: ["aud"],
  token_scope_missing: ["scope", "missing"],
  grant_missing_for_server: ["grantFor"],
  grant_missing_for_tool: ["tool"],
  rate_limited: ["callsPerMinuteMax"],
  concurrency_limited: ["concurrentMax"],
  server_inactive: ["status"],
  agent_not_attached: ["attachedTo"],
  agent_paused: ["status"],
};

/** What was presented beside what was expected, the differences first. */
export function explanationRows(
  reason: string,
  { presented, expected }: Pick<Explanation, "presented" | "expected">,
): ExplanationRow[] {
  const of = (record: Readonly<Record<string, unknown>>, name: string): unknown =>
    Object.hasOwn(record, name) ? record[name] : undefined;
  const counterpartOf = (name: string): string => {
    const other = of(COUNTERPART, name);
    return typeof other === "string" && Object.hasOwn(expected, other) ? other : name;
  };
  const presentedNames = Object.keys(presented);
  const paired = new Set(presentedNames.map(counterpartOf));
  const names = [...presentedNames, ...Object.keys(expected).filter((name) => !paired.has(name))];
  const culprits = Object.hasOwn(CULPRIT, reason) ? (CULPRIT[reason] ?? []) : [];
  return names
    .map((name): ExplanationRow => {
      const given = of(presented, name);
      const wanted = of(expected, counterpartOf(name));
      return {
        // A limit says whose it is under the same name as a token its scopes.
        name: name === "scope" && Object.hasOwn(expected, "limitSource") ? "counted for" : wordOf(name),
        presented: textOf(given, name),
        expected: textOf(wanted, name),
        verdict: culprits.includes(name) ? "differs" : verdictOf(name, given, wanted),
      };
    })
    .sort((left, right) => RANK[left.verdict] - RANK[right.verdict]);
}

const wordOf = (name: string): string => (Object.hasOwn(WORDS, name) ? (WORDS[name] ?? name) : name);

const RANK: Record<ExplanationRow["verdict"], number> = { differs: 0, matches: 1, given: 2 };

/** Two values are compared only where both are there: what stands alone is a fact. */
function verdictOf(name: string, given: unknown, wanted: unknown): ExplanationRow["verdict"] {
  if (given === undefined || given === null || wanted === undefined || wanted === null) return "given";
  return fits(name, given, wanted) ? "matches" : "differs";
}

/** A list of the presented holds the wanted one, or the wanted are a choice that holds the presented one. */
function fits(name: string, given: unknown, wanted: unknown): boolean {
  if (name === "scope") return wordsOf(wanted).every((scope) => wordsOf(given).includes(scope));
  if (name === "tool" && Array.isArray(wanted))
    return wanted.some((pattern) => matchesToolPattern(String(pattern), String(given)));
  const choices: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const offered: unknown[] = Array.isArray(given) ? given : [given];
  return choices.some((choice) => offered.includes(choice));
}

const wordsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : String(value).split(/\s+/)).filter(Boolean);

function textOf(value: unknown, name = ""): string | null {
  if (value === undefined || value === null) return null;
  if (name.endsWith("Micros") && typeof value === "string" && isMicros(value)) return moneyText(value);
  if (name === "limitSource") return String(value).replaceAll("_", " ");
  if (Array.isArray(value))
    return value.length === 0 ? "none" : value.map((item) => textOf(item) ?? "none").join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value) === "" ? "empty" : String(value);
}
