import type { Explanation } from "#lib/contract/index.ts";

export interface ExplanationRow {
  readonly name: string;
  /** Null: it was not presented. */
  readonly presented: string | null;
  /** Null: nothing was expected of it. */
  readonly expected: string | null;
  /** `differs`: this is what the denial is about, or a part of it. `given`: a fact that nothing was expected of. */
  readonly verdict: "matches" | "differs" | "given";
}

/** Names of claims and facts in words; others are shown as they are. */
const WORDS: Readonly<Record<string, string>> = {
  method: "way in",
  methods: "ways in",
  iss: "issuer (iss)",
  aud: "audience (aud)",
  exp: "expires (exp)",
  nbf: "valid from (nbf)",
  iat: "issued (iat)",
  sub: "subject (sub)",
  alg: "algorithm (alg)",
  kid: "signing key (kid)",
  scope: "scopes",
  azp: "client (azp)",
};

/** What was presented beside what was expected, the differences first. */
export function explanationRows({
  presented,
  expected,
}: Pick<Explanation, "presented" | "expected">): ExplanationRow[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(presented)])];
  return names
    .map((name): ExplanationRow => {
      const given = Object.hasOwn(presented, name) ? presented[name] : undefined;
      const wanted = Object.hasOwn(expected, name) ? expected[name] : undefined;
      return {
        name: Object.hasOwn(WORDS, name) ? (WORDS[name] ?? name) : name,
        presented: textOf(given),
        expected: textOf(wanted),
        verdict:
          wanted === undefined || wanted === null ? "given" : fits(given, wanted) ? "matches" : "differs",
      };
    })
    .sort((left, right) => RANK[left.verdict] - RANK[right.verdict]);
}

const RANK: Record<ExplanationRow["verdict"], number> = { differs: 0, matches: 1, given: 2 };

/** A list of the presented holds the wanted one, or the wanted are a choice that holds the presented one. */
function fits(given: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted) && Array.isArray(given)) return wanted.some((item) => given.includes(item));
  if (Array.isArray(wanted)) return wanted.includes(given);
  if (Array.isArray(given)) return given.includes(wanted);
  return given === wanted;
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value))
    return value.length === 0 ? "none" : value.map((item) => textOf(item) ?? "none").join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value) === "" ? "empty" : String(value);
}
