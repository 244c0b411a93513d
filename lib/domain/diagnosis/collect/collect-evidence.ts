import type { Evidence } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { Ctx } from "../../access/index.ts";
import type { Question } from "../question.ts";
import { collectBilling } from "./billing.ts";
import { collectBudget } from "./budget.ts";
import { collectGateway } from "./gateway.ts";
import { collectHosting } from "./hosting.ts";
import { collectLogs } from "./logs.ts";
import { createCollection } from "./section.ts";
import { collectSmoke } from "./smoke.ts";
import { collectUsage } from "./usage.ts";

/**
 * Everything that may tell what is wrong, all at once, within `limits.incidents.collectMs`: what is late, fails, may not be seen
 * or does not apply is missing and says why; the rest is there. Judges nothing. Changes nothing but the checks that it runs,
 * where `question.probe` and the scope `checks:run` allow them. Throws `unavailable` when the database is away.
 */
export async function collectEvidence(
  ctx: Ctx,
  question: Question,
  { collectMs }: { collectMs?: number } = {},
): Promise<Evidence> {
  const collection = createCollection(ctx, question, collectMs);
  const [smoke, hosting, logs, gateway, usage, billing, budget] = await Promise.all([
    collectSmoke(collection),
    collectHosting(collection),
    collectLogs(collection),
    collectGateway(collection),
    collectUsage(collection),
    collectBilling(collection),
    collectBudget(collection),
  ]);
  const { answered, away } = collection.database;
  if (away > 0 && answered === 0) throw databaseAway();
  return {
    schema: 1,
    collectedAt: new Date(collection.nowMs).toISOString(),
    at: iso(question.atMs),
    window: { from: iso(question.window.fromMs), to: iso(question.window.toMs) },
    before: { from: iso(question.before.fromMs), to: iso(question.before.toMs) },
    subject: question.subject,
    smoke,
    hosting,
    logs,
    gateway,
    usage,
    billing,
    budget,
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

export const databaseAway = (cause?: unknown): DomainError =>
  new DomainError(
    "unavailable",
    "The database cannot be reached, so nothing can be looked at. Calls of servers go on. Try again when it is back.",
    { cause },
  );
