import type { z } from "zod";
import { CHANNELS, notify } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Verb } from "./command.ts";
import type { Ctx } from "./context.ts";

/**
 * Tells the data plane that something it serves by changed (`id`: a server, gateway, grant or key) and waits, at most
 * `limits.operations.refreshTimeoutMs`, until it serves the change. Never throws: the change is already committed, and
 * the data plane also re-reads by time.
 */
export async function announce(ctx: Ctx, id: string): Promise<void> {
  try {
    await notify(ctx.database.sql, CHANNELS.configuration, id);
    await within(limits.operations.refreshTimeoutMs, ctx.doors.runtime.refresh(id));
  } catch (error) {
    ctx.log.warn({ err: error, changedId: id }, "the data plane did not confirm a change in time");
  }
}

/** `verb`, followed by `announce` once its transaction is committed. */
export function announced<Input extends z.ZodType, Value>(
  verb: Verb<Input, Value>,
  idOf: (value: Value) => string,
): Verb<Input, Value> {
  const announcing = async (ctx: Ctx, input: z.input<Input>): Promise<Value> => {
    const value = await verb(ctx, input);
    await announce(ctx, idOf(value));
    return value;
  };
  return Object.assign(announcing, { spec: verb.spec });
}

/** `work`, or a rejection after `timeoutMs`; the work itself goes on. */
export async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
