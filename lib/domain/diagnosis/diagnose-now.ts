import { DiagnoseInput, type Diagnosis, type Evidence, type Symptom } from "#lib/contract/index.ts";
import { isDatabaseAway } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query, within } from "../access/index.ts";
import { ask } from "./ask.ts";
import { boundEvidence } from "./bound-evidence.ts";
import { collectEvidence, databaseAway } from "./collect/collect-evidence.ts";
import { diagnose } from "./diagnose.ts";
import type { Question } from "./question.ts";

const { diagnosesAtOnceMax, collectMs } = limits.incidents;

/** What judges the evidence. */
type Judge = (evidence: Evidence, asked: { symptom: Symptom | null }) => Diagnosis;

let running = 0;
const BUSY = "too_many_diagnoses";
/** Whether a diagnosis was not begun because as many as may be were under way. */
export const isBusy = ({ details }: DomainError): boolean => details?.reason === BUSY;

/**
 * The verb around a judge: names are resolved, evidence is collected, then judged. At most `limits.incidents.diagnosesAtOnceMax`
 * of a process run at once; more are refused with `unavailable`, as is all while the database is away.
 */
export const diagnoseWith = (judge: Judge) =>
  query({
    name: "diagnosis.run",
    scope: "incidents:read",
    input: DiagnoseInput,
    run: async (ctx, input): Promise<{ evidence: Evidence; diagnosis: Diagnosis }> => {
      if (running >= diagnosesAtOnceMax)
        throw new DomainError(
          "unavailable",
          `${diagnosesAtOnceMax} diagnoses are under way, the most at once. Try again in a few seconds.`,
          { retryable: true, retryAfterSeconds: 5, details: { reason: BUSY } },
        );
      running += 1;
      try {
        // Each check that is stored is a write of its own: a key of the caller would make the second one an answer of the first.
        const { idempotency: _key, ...own } = ctx;
        const question = await asked(own, input);
        const evidence = boundEvidence(await collectEvidence(own, question));
        return { evidence, diagnosis: judge(evidence, { symptom: question.symptom }) };
      } finally {
        running -= 1;
      }
    },
  });

/** What is wrong with a server, with an agent on it, or with the organization's use and credits, and what shows it. */
export const diagnoseNow = diagnoseWith(diagnose);

/** Without the names nothing can be collected, so a database that is away or too slow ends it here. */
async function asked(ctx: Ctx, input: Parameters<typeof ask>[1]): Promise<Question> {
  try {
    return await within(collectMs, askAwake(ctx, input));
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (isDatabaseAway(error)) throw databaseAway(error);
    throw new DomainError(
      "unavailable",
      "The database did not answer in time, so nothing can be looked at. Try again in a moment.",
      { cause: error },
    );
  }
}

/** A question without names reads nothing, so the database is asked for a sign of life first. */
async function askAwake(ctx: Ctx, input: Parameters<typeof ask>[1]): Promise<Question> {
  await ctx.database.sql`select 1`;
  return ask(ctx, input);
}
