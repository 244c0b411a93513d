import type { z } from "zod";
import { CHANNELS, notify } from "#lib/db/index.ts";
import type { Verb } from "./command.ts";
import type { Ctx, System } from "./context.ts";

/**
 * Tells every process that somebody's rights changed, so that what was allowed once and still runs, such as a live log
 * stream, is asked for again at once: in one organization, or in all (null). Never throws: the change is already
 * committed, and whoever still runs is also asked again by time.
 */
export async function tellAccessChanged(
  { database, log }: Pick<System, "database" | "log">,
  organizationId: string | null,
): Promise<void> {
  try {
    await notify(database.sql, CHANNELS.access, organizationId ?? "");
  } catch (error) {
    log.warn({ err: error, organizationId }, "a change of rights could not be told to the other processes");
  }
}

/** `verb`, followed by `tellAccessChanged` once its transaction is committed. */
export function changingAccess<Input extends z.ZodType, Value>(verb: Verb<Input, Value>): Verb<Input, Value> {
  const telling = async (ctx: Ctx, input: z.input<Input>): Promise<Value> => {
    const value = await verb(ctx, input);
    await tellAccessChanged(ctx, ctx.organization.id);
    return value;
  };
  return Object.assign(telling, { spec: verb.spec });
}
