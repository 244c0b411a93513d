import { z } from "zod";
import { type IncidentActionResult, TakeIncidentAction } from "#lib/contract/index.ts";
import { toDomainError } from "#lib/kernel/errors.ts";
import { type Ctx, command, workflow } from "../access/index.ts";
import { ACTS } from "./acts.ts";
import { withoutKey } from "./diagnose-subject.ts";
import { tellEvent } from "./incident-events.ts";
import { changeIncident, getIncidentRow, IncidentRef, type IncidentRow } from "./incident-row.ts";
import { newestDiagnosis } from "./stored-diagnoses.ts";

const recordAction = command({
  name: "incident.recordAction",
  scope: "incidents:write",
  input: IncidentRef.extend({ text: z.string(), path: z.string().nullable() }),
  run: async (ctx, { incident, text, path }) => {
    const row = await getIncidentRow(ctx.db, ctx.organization.id, incident, { lock: true });
    await changeIncident(ctx, row, {});
    await tellEvent(ctx, row, { kind: "action", text, path });
    return { value: null, audit: { entity: "incident", entityId: row.id, after: { action: text } } };
  },
});

/** Failures that are about the question and not about how the action went: told as errors. */
const REFUSALS: ReadonlySet<string> = new Set(["forbidden", "not_found", "invalid_input", "unprocessable"]);

/**
 * Does something about the incident with the caller's own scopes, and writes down how it ended. What it is done to is the
 * incident's server or agent, a key of theirs, or what the newest diagnosis names. Throws `not_found` for anything else and
 * `forbidden` where the action's own verb does; other failures are answers. Under an idempotency key it acts once.
 */
export const takeIncidentAction = workflow({
  name: "incident.takeAction",
  scope: "incidents:write",
  input: IncidentRef.extend(TakeIncidentAction.shape),
  run: async (ctx, { incident, ...asked }): Promise<IncidentActionResult> => {
    const row = await getIncidentRow(ctx.database.db, ctx.organization.id, incident);
    const isNamed = await isNamedByDiagnosis(ctx, row, asked.targetId);
    let wasReplayed = false;
    const acting: Ctx =
      ctx.idempotency === undefined
        ? ctx
        : {
            ...ctx,
            idempotency: {
              key: ctx.idempotency.key,
              replayed: () => {
                wasReplayed = true;
                ctx.idempotency?.replayed();
              },
            },
          };
    const record = async (text: string, path: string | null): Promise<void> => {
      if (!wasReplayed) await recordAction(withoutKey(ctx), { incident: row.id, text, path });
    };
    try {
      const act = ACTS[asked.action];
      const done = await act(acting, { ...asked, incident: row, isNamed });
      await record(done.message, done.path);
      return { action: asked.action, secret: null, ...done };
    } catch (error) {
      const failure = toDomainError(error);
      const what = asked.action.replaceAll("_", " ");
      await record(`Tried to ${what}: ${failure.message}`, null);
      if (failure.code === "internal" || REFUSALS.has(failure.code)) throw failure;
      return { action: asked.action, status: "failed", message: failure.message, path: null, secret: null };
    }
  },
});

async function isNamedByDiagnosis(ctx: Ctx, row: IncidentRow, targetId: string): Promise<boolean> {
  const diagnosis = await newestDiagnosis(ctx.database.db, row);
  const verdicts = diagnosis === null ? [] : [diagnosis.verdict, ...diagnosis.alternatives];
  return verdicts.some((verdict) => verdict?.actions.some((action) => action.targetId === targetId) ?? false);
}
