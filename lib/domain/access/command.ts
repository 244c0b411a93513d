import type { z } from "zod";
import { auditLog } from "#drizzle/schema/index.ts";
import type { Scope } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { inTransaction } from "#lib/db/transaction.ts";
import { type Actor, actorKey, type Ctx, type System } from "./context.ts";
import { parseInput, requireScope } from "./guards.ts";
import { once } from "./idempotency.ts";

/** What a command changed, for the audit log. Never holds a secret. */
export interface AuditRecord {
  entity: string;
  entityId: string | null;
  before?: unknown;
  after?: unknown;
}

/** The context of a running command: the same, with the transaction as its only database. */
export type CommandCtx = Omit<Ctx, "database" | "idempotency"> & { readonly db: Db };

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
 * write. Under an idempotency key of the context it has its effect once: again, it answers what it answered before. Throws
 * DomainError `forbidden` or `invalid_input` before anything is touched.
 */
export function command<Input extends z.ZodType, Value>(spec: CommandSpec<Input, Value>): Verb<Input, Value> {
  const verb = async (ctx: Ctx, input: z.input<Input>): Promise<Value> => {
    requireScope(ctx, spec.scope);
    const parsed = parseInput(spec.input, input);
    const { database, idempotency, ...rest } = ctx;
    return inTransaction(database.db, (db) => {
      const effect = async (): Promise<Value> => {
        const { value, audit } = await spec.run({ ...rest, db }, parsed);
        await writeAudit(db, ctx, spec.name, ctx.organization.id, audit);
        return value;
      };
      return idempotency ? once({ db, ctx, idempotency, verb: spec.name, input: parsed }, effect) : effect();
    });
  };
  return Object.assign(verb, {
    spec: { kind: "command" as const, name: spec.name, scope: spec.scope, input: spec.input },
  });
}

/** Who runs a command outside an organization, and for which request. */
export interface SystemCaller {
  readonly system: System;
  readonly actor: Actor;
  readonly requestId: string;
}

/** The context of a running system command: no organization, no scopes. */
export type SystemCommandCtx = Omit<System, "database"> & Omit<SystemCaller, "system"> & { readonly db: Db };

interface SystemCommandSpec<Input extends z.ZodType, Value> {
  name: string;
  input: Input;
  run(
    ctx: SystemCommandCtx,
    input: z.output<Input>,
  ): Promise<{ value: Value; audit: (AuditRecord & { organizationId?: string; actor?: Actor }) | null }>;
}

/**
 * A write that happens outside any organization, or before there is one: setup, accepting an invitation, an account's
 * own password. Parse → transaction → run → audit in the same transaction. There is no scope to check, so what allows
 * it (a one-time token, the current password) is checked inside `run`. The audit record belongs to the organization
 * that `run` names, or to none; `run` may also name who it found the actor to be. Null: there was nothing to do.
 */
export function systemCommand<Input extends z.ZodType, Value>(
  spec: SystemCommandSpec<Input, Value>,
): (caller: SystemCaller, input: z.input<Input>) => Promise<Value> {
  return async ({ system, actor, requestId }, input) => {
    const parsed = parseInput(spec.input, input);
    const { clock, ids, log, doors } = system;
    return inTransaction(system.database.db, async (db) => {
      const ctx = { clock, ids, log, doors, actor, requestId, db };
      const { value, audit } = await spec.run(ctx, parsed);
      if (audit !== null)
        await writeAudit(
          db,
          { ...ctx, actor: audit.actor ?? actor },
          spec.name,
          audit.organizationId ?? "",
          audit,
        );
      return value;
    });
  };
}

type AuditCtx = Pick<Ctx, "ids" | "clock" | "actor" | "requestId">;

async function writeAudit(
  db: Db,
  ctx: AuditCtx,
  action: string,
  organizationId: string,
  audit: AuditRecord,
): Promise<void> {
  await db.insert(auditLog).values({
    id: ctx.ids.uuid(ctx.clock.nowMs()),
    organizationId,
    actor: actorKey(ctx.actor),
    action,
    entity: audit.entity,
    entityId: audit.entityId,
    before: audit.before ?? null,
    after: audit.after ?? null,
    requestId: ctx.requestId,
    at: new Date(ctx.clock.nowMs()),
  });
}
