import type { EvidenceSection, Scope } from "#lib/contract/index.ts";
import { isDatabaseAway } from "#lib/db/index.ts";
import { inTimedSnapshot, type Reader } from "#lib/db/snapshot.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../../access/index.ts";
import type { EvidencePart } from "../check.ts";
import type { Question } from "../question.ts";
import { cutText } from "./evidence-text.ts";

const { readsAtOnceMax, statementMs } = limits.incidents;

type Section<Value> = EvidenceSection<Value>;
type Reason = Extract<Section<never>, { status: "missing" }>["reason"];

/** Thrown by the work of a section that has nothing to say, and why. */
export class NotCollected extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** One collection: what is asked, by whom, and until when. Everything is read through the organization's id. */
export interface Collection {
  readonly ctx: Ctx;
  readonly question: Question;
  readonly organizationId: string;
  readonly nowMs: number;
  /** How often the database answered, and how often it was not there. */
  readonly database: { answered: number; away: number };
  /** Reads in one snapshot whose statements end by `limits.incidents.statementMs` and by the deadline; a few at once. */
  read<Value>(body: (sql: Reader) => Promise<Value>): Promise<Value>;
  /** Runs `work` until the collection's deadline. Never rejects: whatever goes wrong is a missing section that names why. */
  section<Value>(part: EvidencePart, work: () => Promise<Value>): Promise<Section<Value>>;
}

/** The deadline counts from this call. */
export function createCollection(
  ctx: Ctx,
  question: Question,
  collectMs: number = limits.incidents.collectMs,
): Collection {
  const { clock, log } = ctx;
  const database = { answered: 0, away: 0 };
  const late = deadline(collectMs);
  const endMs = clock.monotonicMs() + collectMs;
  const inTurn = turns(readsAtOnceMax);

  const missing = (part: EvidencePart, error: unknown): Section<never> => {
    if (error instanceof NotCollected && error.reason.startsWith("not_"))
      return { status: "missing", reason: error.reason, message: cutText(error.message) };
    log.warn({ err: error, part, organizationId: ctx.organization.id }, "a part of the evidence is missing");
    if (error instanceof NotCollected)
      return { status: "missing", reason: error.reason, message: cutText(error.message) };
    if (isLate(error))
      return { status: "missing", reason: "timeout", message: "The database did not answer in time." };
    const isAway = isDatabaseAway(error);
    if (isAway) database.away += 1;
    return { status: "missing", reason: "failed", message: cutText(wordsOf(error, isAway)) };
  };

  return {
    ctx,
    question,
    organizationId: ctx.organization.id,
    nowMs: ctx.clock.nowMs(),
    database,
    read: (body) =>
      inTurn(async () => {
        // Nobody waits any more for what begins now: it would only take the connection from others.
        const leftMs = Math.floor(endMs - clock.monotonicMs());
        if (leftMs <= 0) throw new NotCollected("timeout", tooLate(collectMs));
        const value = await inTimedSnapshot(ctx.database.sql, Math.min(statementMs, leftMs), body);
        database.answered += 1;
        return value;
      }),
    async section(part, work) {
      const startedMs = clock.monotonicMs();
      try {
        requireSight(ctx, part);
        const value = await Promise.race([work(), late]);
        const durationMs = Math.round((clock.monotonicMs() - startedMs) * 10) / 10;
        return { status: "collected", at: new Date(clock.nowMs()).toISOString(), durationMs, value };
      } catch (error) {
        return missing(part, error);
      }
    },
  };
}

/** What holds single calls and log lines needs more than to see incidents; so does money. */
const SIGHT: readonly { starts: string; scope: Scope; message: string }[] = [
  { starts: "billing.", scope: "billing:read", message: "You may not see billing." },
  { starts: "logs.", scope: "logs:read", message: "You may not read logs." },
  { starts: "gateway.decisions", scope: "logs:read", message: "You may not read logs." },
  { starts: "gateway.reach", scope: "logs:read", message: "You may not read logs." },
];

function requireSight(ctx: Ctx, part: EvidencePart): void {
  for (const { starts, scope, message } of SIGHT)
    if (part.startsWith(starts) && !ctx.scopes.has(scope)) throw new NotCollected("not_allowed", message);
}

/** A promise that rejects when the time is over; it holds no process open and is nobody's unhandled rejection. */
function deadline(timeoutMs: number): Promise<never> {
  const late = new Promise<never>((_, reject) => {
    const error = new NotCollected("timeout", tooLate(timeoutMs));
    setTimeout(() => reject(error), timeoutMs).unref();
  });
  late.catch(() => undefined);
  return late;
}

const tooLate = (timeoutMs: number): string => `It was not there within ${timeoutMs / 1_000} s.`;

/** Lets at most `atOnceMax` run at the same time; the others begin in the order in which they came. */
function turns(atOnceMax: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < atOnceMax) running += 1;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** How PostgreSQL says that it ended a statement for taking too long. */
const STATEMENT_ENDED = "57014";

function isLate(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if ("code" in error && error.code === STATEMENT_ENDED) return true;
  return false;
}

/** Errors of ours are written for people; others may name what is nobody's business and stay in the log. */
function wordsOf(error: unknown, isAway: boolean): string {
  if (isAway) return "The database could not be reached.";
  if (error instanceof DomainError) return error.message;
  return "Something went wrong on our side while it was read. The log of the web process says more.";
}
