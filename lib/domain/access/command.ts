import type { z } from "zod";
import { auditLog } from "#drizzle/schema/index.ts";
import type { Scope } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { inTransaction } from "#lib/db/transaction.ts";
import { actorKey, type Ctx } from "./context.ts";
import { parseInput, requireScope } from "./guards.ts";

/** What a command changed, for the audit log. Never holds a secret. */
export interface AuditRecord {
  entity: string;
  entityId: string | null;
  before?: unknown;
  after?: unknown;
}

/** The context of a running command: the same, with the transaction as its only database. */
export type CommandCtx = Omit<Ctx, "database"> & { readonly db: Db };

interface CommandSpec<Input extends z.ZodType, Value> {
  /** `noun.verb`, e.g. `server.create`; the audit log's action. */
  name: string;
  scope: Scope;
  input: Input;
  run(ctx: CommandCtx, input: z.output<Input>): Promise<{ value: Value; audit: AuditRecord }>;
}

/** A verb, callable as `(ctx, input)`; `spec` lets one test walk them all. */
export interface Verb<Input extends z.ZodType, Value> {
  (ctx: Ctx, input: z.input<Input>): Promise<Value>;
  readonly spec: { kind: "command" | "query"; name: string; scope: Scope; input: Input };
}

/**
 * A write: authorize → parse → transaction → run → audit record in the same transaction. A failing audit fails the
 * write. Throws DomainError `forbidden` or `invalid_input` before anything is touched.
 */
export function command<Input extends z.ZodType, Value>(spec: CommandSpec<Input, Value>): Verb<Input, Value> {
  const verb = async (ctx: Ctx, input: z.input<Input>): Promise<Value> => {
    requireScope(ctx, spec.scope);
    const parsed = parseInput(spec.input, input);
    const { database, ...rest } = ctx;
    return inTransaction(database.db, async (db) => {
      const { value, audit } = await spec.run({ ...rest, db }, parsed);
      await db.insert(auditLog).values({
        id: ctx.ids.uuid(ctx.clock.nowMs()),
        organizationId: ctx.organization.id,
        actor: actorKey(ctx.actor),
        action: spec.name,
        entity: audit.entity,
        entityId: audit.entityId,
        before: audit.before ?? null,
        after: audit.after ?? null,
        requestId: ctx.requestId,
        at: new Date(ctx.clock.nowMs()),
      });
      return value;
    });
  };
  return Object.assign(verb, {
    spec: { kind: "command" as const, name: spec.name, scope: spec.scope, input: spec.input },
  });
}
