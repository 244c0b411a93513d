import type { DecisionReason, Explanation, LimitSource, Outcome } from "#lib/contract/index.ts";
import { DomainError, type ErrorCode } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

/** A request that may not go on: what the caller is told, and what the owner reads in the log. */
export interface Denial {
  readonly reason: DecisionReason;
  readonly outcome: Outcome;
  readonly error: DomainError;
  readonly explanation: Explanation;
  /** Who called, when that is known although the request is denied. */
  readonly principal: string | null;
  readonly grantId: string | null;
  /** What limit stands in the way, for agents to read; null where none does. */
  readonly limit: DenialLimit | null;
  /** `WWW-Authenticate`; null where no other credentials would help. */
  readonly challenge: string | null;
}

/** The limit behind a denial, as a denied tool call tells it. */
export interface DenialLimit {
  readonly limitSource: LimitSource;
  readonly scopeId: string;
  /** Micro-USD as a decimal string; null where it is no amount. */
  readonly remainingMicros: string | null;
  /** ISO 8601; null where time does not help. */
  readonly resetsAt: string | null;
  /** The page on which somebody can change it. */
  readonly manageUrl: string;
}

export const isDenial = (value: object): value is Denial => "reason" in value && "explanation" in value;

interface DenialInput {
  code: ErrorCode;
  message: string;
  presented: Readonly<Record<string, unknown>>;
  expected: Readonly<Record<string, unknown>>;
  fix: string;
  outcome?: Denial["outcome"];
  principal?: string | null;
  grantId?: string | null;
  challenge?: string | null;
  limit?: DenialLimit;
  /** Machine-readable facts for the caller, besides the reason. */
  details?: Readonly<Record<string, unknown>>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** A denial whose explanation fits its bounds. */
export function denial(reason: DecisionReason, input: DenialInput): Denial {
  const { code, message, presented, expected, fix, retryAfterSeconds, cause } = input;
  return {
    reason,
    outcome: input.outcome ?? "auth_denied",
    error: new DomainError(code, message, {
      details: { ...input.details, reason },
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds, retryable: true }),
      ...(cause === undefined ? {} : { cause }),
    }),
    explanation: bounded({ presented, expected, fix }),
    principal: input.principal ?? null,
    grantId: input.grantId ?? null,
    limit: input.limit ?? null,
    challenge: input.challenge ?? null,
  };
}

const TEXT_MAX = 200;
const ITEMS_MAX = 10;
/** A JWT, or one of our keys beyond its shown part: whatever field it hides in, it is not kept. */
const SECRET = /eyJ[\w-]{16,}[\w.-]*|mcpstack_gk_[\w-]{7,}/g;

/** Cuts long values, and drops all but the fix when even that is too much. */
function bounded({ presented, expected, fix }: Explanation): Explanation {
  const cut = { presented: cutRecord(presented), expected: cutRecord(expected), fix: cutText(fix, 500) };
  return JSON.stringify(cut).length <= limits.gateways.explanationCharactersMax
    ? cut
    : { presented: { note: "too much to keep" }, expected: {}, fix: cut.fix };
}

const cutRecord = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, cutValue(value)]));

/** One level of a list; what is nested deeper is named only, since a caller may nest it as deep as the stack. */
function cutValue(value: unknown): unknown {
  return Array.isArray(value) ? value.slice(0, ITEMS_MAX).map((item) => cutScalar(item)) : cutScalar(value);
}

function cutScalar(value: unknown): unknown {
  if (typeof value === "string") return cutText(value, TEXT_MAX);
  if (typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : "(nested)";
}

const cutText = (text: string, charactersMax: number): string => {
  const safe = text.slice(0, 5 * TEXT_MAX).replaceAll(SECRET, "[secret]");
  return safe.length > charactersMax ? `${safe.slice(0, charactersMax - 1)}…` : safe;
};
