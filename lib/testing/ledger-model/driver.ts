import type { TransactionSql } from "postgres";
import type { Database } from "#lib/db/index.ts";
import { sqlOf } from "#lib/db/index.ts";
import { inSqlTransaction, inTransaction } from "#lib/db/transaction.ts";
import {
  addCredits,
  adjust,
  clawBack,
  createLeaseStore,
  expireDue,
  giveBack,
  type LeaseScope,
  reconcile,
  recordExternalUsage,
  returnDeadLeases,
  type Settlement,
  settleUsage,
} from "#lib/domain/ledger/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { Command } from "./commands.ts";
import type { Bound, BoundCall, Model } from "./model.ts";

/** What the ledger answered, as the model words it, and the leases that it granted. */
export interface Answer {
  text: string;
  leases: { kind: string; scope: string; period: string; node: number; id: string }[];
}

export interface Driver {
  run(command: Bound, model: Model): Promise<Answer>;
  pause(command: Extract<Command, { do: "pause" }>): Promise<void>;
  cap(command: Extract<Command, { do: "cap" }>): Promise<void>;
}

interface Setup {
  organizationId: string;
  ids: { uuid(atMs?: number): string };
  now(): number;
  agentIds: readonly string[];
}

const USER = (index: number | null): string | null => (index === null ? null : `user-${index}`);
const REPORTED_AT_MS = Date.UTC(2026, 2, 1);

/** Does commands with the ledger itself. */
export function createDriver(database: Database, { organizationId, ids, now, agentIds }: Setup): Driver {
  const { sql } = database;
  const posting = () => {
    const nowMs = now();
    return { nowMs, newId: () => ids.uuid(nowMs) };
  };
  const store = createLeaseStore(database, { clock: { nowMs: now, monotonicMs: now }, ids });
  const plain = (text: string): Answer => ({ text, leases: [] });
  const news = ({ isNew }: { isNew: boolean }) => plain(isNew ? "new" : "known");

  async function take(command: Extract<Bound, { do: "take" }>): Promise<Answer> {
    const agentId = command.agent === null ? null : (agentIds[command.agent] ?? null);
    const scopes: LeaseScope[] = [];
    if (agentId !== null) {
      // Narrowest first: the order of the request does not matter.
      if (command.session !== null)
        scopes.push({ kind: "session", id: `${agentId}\n${USER(command.session)}` });
      scopes.push({ kind: "user", id: `${agentId}\n${USER(command.user) ?? ""}` });
      scopes.push({ kind: "agent", id: agentId });
    }
    if (command.credits) scopes.push({ kind: "organization", id: "" });
    const answer = await store.take({
      organizationId,
      agentId,
      node: String(command.node),
      epoch: `epoch-${command.node}`,
      liveNodes: command.liveNodes,
      scopes: scopes.map((scope) => ({
        scope,
        capMicros: null,
        needMicros: command.need,
        wantMicros: command.want,
      })),
    });
    if (!answer.ok) {
      const { limitSource, remainingMicros, capMicros, resetsAtMs } = answer.refusal;
      return plain(`refused ${limitSource} ${remainingMicros} ${capMicros} ${resetsAtMs}`);
    }
    return {
      text: `granted ${answer.grants.map((g) => `${g.scope.kind} ${g.addedMicros} ${g.ttlMs} ${g.period}`).join(", ")}`,
      leases: answer.grants.map((g) => ({
        kind: g.scope.kind,
        scope: g.scope.id,
        period: g.period,
        node: command.node,
        id: g.leaseId,
      })),
    };
  }

  async function changePayment(
    paymentId: string | undefined,
    amountOf: (payment: { granted: bigint; posted: bigint }) => bigint,
    sign: 1n | -1n,
  ): Promise<Answer> {
    if (paymentId === undefined) return plain("nothing");
    return inTransaction(database.db, async (db) => {
      const tx = sqlOf(db);
      const [row] = await tx<{ granted: string; posted: string; grant_id: string }[]>`
        select granted_micros as granted, posted_micros as posted, grant_id from payments
        where id = ${paymentId} for update`;
      if (!row) return plain("nothing");
      const amountMicros = amountOf({ granted: BigInt(row.granted), posted: BigInt(row.posted) });
      if (amountMicros === 0n) return plain("nothing");
      const change = {
        organizationId,
        paymentId,
        grantId: row.grant_id,
        amountMicros,
        reason: null,
        actor: "system:test",
        idemKey: `change-${ids.uuid()}`,
      };
      const changed = await (sign === 1n ? clawBack : giveBack)(db, change, posting());
      const delta = String(sign * amountMicros);
      await tx`
        update payments set posted_micros = posted_micros + ${delta}::text::bigint,
          target_micros = target_micros + ${delta}::text::bigint where id = ${paymentId}`;
      return news(changed);
    });
  }

  async function settle(tx: TransactionSql, bound: readonly BoundCall[]): Promise<Answer> {
    const { settled, refused } = await settleUsage(
      tx,
      bound.map((one) => settlementOf(one)),
      { ...posting(), node: "node" },
    );
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
    return plain(`settled ${settled}`);
  }

  const settlementOf = ({ id, countedAt, amount, price, call, leases }: BoundCall): Settlement => ({
    id,
    organizationId,
    requestId: id,
    serverId: "srv",
    tool: "tool",
    agentId: call.agent === null ? null : (agentIds[call.agent] ?? null),
    client: null,
    source: call.agent === null ? "external" : "agent",
    region: "here",
    outcome: "ok",
    endUser: USER(call.user),
    agentSession: USER(call.session),
    occurredAtMs: countedAt,
    charge: {
      amountMicros: String(amount),
      units: { calls: 1, hundredMs: call.hundredMs, kib64: call.kib64 },
      priceVersion: `model@${price}`,
      leases: {
        organization: leases.organization ?? null,
        agent: leases.agent ?? null,
        user: leases.user ?? null,
        session: leases.session ?? null,
      },
    },
  });

  async function run(command: Bound, model: Model): Promise<Answer> {
    const { bound = [] } = command;
    switch (command.do) {
      case "grant":
        return news(
          await inTransaction(database.db, (db) =>
            addCredits(
              db,
              {
                organizationId,
                kind: command.kind,
                amountMicros: command.amount,
                priority: command.priority,
                expiresAtMs: command.expiresInMs === null ? null : now() + command.expiresInMs,
                paymentId: null,
                reason: "model",
                actor: "system:test",
                idemKey: `key-${command.key}`,
              },
              posting(),
            ),
          ),
        );
      case "purchase":
        return inTransaction(database.db, async (db) => {
          const paymentId = command.ids?.[0] ?? "";
          const added = await addCredits(
            db,
            {
              organizationId,
              kind: "purchase",
              amountMicros: command.amount,
              priority: 1,
              expiresAtMs: null,
              paymentId,
              reason: null,
              actor: "system:test",
              idemKey: paymentId,
            },
            posting(),
          );
          await sqlOf(db)`
            insert into payments (organization_id, id, provider_ref, origin, granted_micros, grant_id, created_at, updated_at)
            values (${organizationId}, ${paymentId}, ${paymentId}, 'checkout', ${String(command.amount)}::text::bigint,
              ${added.grantId}, now(), now())`;
          return news(added);
        });
      case "clawBack":
        return changePayment(
          command.ids?.[0],
          ({ granted, posted }) => {
            const part = granted / BigInt(command.part) || 1n;
            return granted - posted < part ? granted - posted : part;
          },
          1n,
        );
      case "giveBack":
        return changePayment(command.ids?.[0], () => command.amount, -1n);
      case "adjust":
        return news(
          await inTransaction(database.db, (db) =>
            adjust(
              db,
              {
                organizationId,
                amountMicros: command.amount,
                reason: "model",
                actor: "system:test",
                idemKey: `adjust-${command.key}`,
              },
              posting(),
            ),
          ),
        );
      case "take":
        return take(command);
      case "renew": {
        const own = model.leases.filter(({ node, id }) => node === command.node && id !== null);
        const gone = await store.renew(
          organizationId,
          own.map(({ id }) => id ?? ""),
        );
        const names = own
          .filter(({ id }) => gone.includes(id ?? ""))
          .map(({ kind, scope }) => `${kind} ${scope}`);
        return plain(`gone ${names.sort().join(", ")}`);
      }
      case "release": {
        const leaseId = command.ids?.[0];
        if (!leaseId) return plain("nothing");
        await store.release([{ organizationId, leaseId, unusedMicros: command.unused }]);
        return plain("done");
      }
      case "settle":
        return inSqlTransaction(sql, (tx) => settle(tx, bound));
      case "abortSettle": {
        const aborted = new Error("aborted");
        await inSqlTransaction(sql, async (tx) => {
          await settle(tx, bound);
          throw aborted;
        }).catch((error: unknown) => {
          if (error !== aborted) throw error;
        });
        return plain("aborted");
      }
      case "report": {
        const results = await inTransaction(database.db, (db) =>
          recordExternalUsage(
            db,
            {
              organizationId,
              agentId: agentIds[command.agent] ?? "",
              actor: "system:test",
              events: command.events.map(({ id, amount, user }) => ({
                eventId: `event-${id}`,
                amountMicros: amount,
                occurredAtMs: REPORTED_AT_MS,
                description: "",
                endUser: USER(user),
                session: null,
              })),
            },
            posting(),
          ),
        );
        return plain(results.map(({ status }) => status).join(" "));
      }
      case "expireDue":
        await expireDue(database, now(), ids);
        return plain("done");
      case "returnDead":
        await returnDeadLeases(database, now(), ids);
        return plain("done");
      case "reconcile": {
        const { status, checks } = await reconcile(database, organizationId, now(), {
          isFull: command.isFull,
        });
        return plain(
          status === "balanced" ? status : JSON.stringify(checks.filter(({ driftCount }) => driftCount > 0)),
        );
      }
    }
  }

  return {
    run: (command, model) =>
      run(command, model).catch((error: unknown) => {
        if (error instanceof DomainError) return plain(error.code);
        throw error;
      }),
    async pause({ agent, isPaused }) {
      await sql`
        update agents set pause_reason = ${isPaused ? "by_hand" : null} where id = ${agentIds[agent] ?? ""}`;
    },
    async cap({ agent, of, cap }) {
      const id = agentIds[agent] ?? "";
      const micros = cap === null ? null : String(cap);
      if (of === "user") {
        const users = JSON.stringify(micros === null ? {} : { "user-0": micros });
        await sql`update agents set user_caps = ${users}::text::jsonb where id = ${id}`;
        return;
      }
      const column = {
        agent: "monthly_cap_micros",
        everyUser: "default_user_cap_micros",
        anonymous: "anonymous_user_cap_micros",
        session: "session_cap_micros",
      }[of];
      await sql`update agents set ${sql(column)} = ${micros}::text::bigint where id = ${id}`;
    },
  };
}
