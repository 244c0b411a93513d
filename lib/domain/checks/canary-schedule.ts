import { sql } from "drizzle-orm";
import { CheckPolicy } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { callCanary } from "./run-canary.ts";
import { storableCall, storeCanary } from "./store-check.ts";

/** Runs the canaries of active servers that declare how often. For one process at a time. */
export interface CanarySchedule {
  /** Starts what is due and not running, as many as there is room for. Answers how many it started. */
  startDue(): Promise<number>;
  /** Resolves when nothing runs. Runs end by themselves within `limits.checks.canaryTimeoutMs`. */
  idle(): Promise<void>;
}

interface DueRow extends Record<string, unknown> {
  organization_id: string;
  organization_slug: string;
  id: string;
  slug: string;
  check_policy: unknown;
}

const ACTOR = { kind: "system", name: "canary" } as const;

/**
 * The schedule writes no audit records: a run changes nothing but its own row among the checks, which says what was
 * called, when and by whom; a record every half minute would bury what people did.
 */
export function createCanarySchedule(system: System): CanarySchedule {
  const { database, clock, log } = system;
  const running = new Map<string, { organizationId: string; ended: Promise<void> }>();
  /** When a run began whose result may not be stored: so that a run that cannot be stored is not repeated at once. */
  const startedMs = new Map<string, number>();

  const run = async (server: DueRow): Promise<void> => {
    const { canary } = CheckPolicy.parse(server.check_policy);
    if (canary === null) return;
    const result = await callCanary(system, server.slug, canary);
    const organization = { id: server.organization_id, slug: server.organization_slug };
    await storeCanary({ db: database.db, organization, actor: ACTOR }, server, storableCall(result));
    if (result.failure)
      log.info({ serverId: server.id, failure: result.failure.message }, "a canary did not pass");
  };

  const start = (server: DueRow): void => {
    startedMs.set(server.id, clock.monotonicMs());
    const ended = run(server)
      .catch((error: unknown) => log.warn({ err: error, serverId: server.id }, "a canary could not be run"))
      .finally(() => running.delete(server.id));
    running.set(server.id, { organizationId: server.organization_id, ended });
  };

  /** Whether canaries of one organization that hang leave room for those of the others. */
  const hasRoom = ({ organization_id: id }: DueRow): boolean =>
    running.size < limits.checks.canariesConcurrentMax &&
    [...running.values()].filter(({ organizationId }) => organizationId === id).length <
      limits.checks.canariesPerOrganizationMax;

  const isDue = (server: DueRow): boolean => {
    const everySeconds = CheckPolicy.safeParse(server.check_policy).data?.canary?.everySeconds;
    if (!everySeconds || running.has(server.id)) return false;
    const lastMs = startedMs.get(server.id);
    return lastMs === undefined || clock.monotonicMs() - lastMs >= everySeconds * 1_000;
  };

  return {
    async startDue() {
      if (running.size >= limits.checks.canariesConcurrentMax) return 0;
      const oldestMs = clock.monotonicMs() - limits.checks.canarySecondsMax * 1_000;
      for (const [id, atMs] of startedMs) if (atMs < oldestMs) startedMs.delete(id);
      let count = 0;
      for (const server of await dueServers(system)) {
        if (!isDue(server) || !hasRoom(server)) continue;
        start(server);
        count += 1;
      }
      return count;
    },
    async idle() {
      while (running.size > 0) await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}

/**
 * Active servers whose last canary, if any, is long enough ago: of each organization the longest overdue first, so that
 * one with many of them is not alone in what is looked at.
 */
const dueServers = ({ database, clock }: System): Promise<DueRow[]> =>
  database.db
    .execute<DueRow>(sql`
    select s.organization_id, o.slug as organization_slug, s.id, s.slug, s.check_policy
    from servers s
    join organizations o on o.id = s.organization_id
    cross join lateral (
      select case when jsonb_typeof(s.check_policy #> '{canary,everySeconds}') = 'number'
        then (s.check_policy #>> '{canary,everySeconds}')::float8 end as every_seconds
    ) declared
    left join lateral (
      select checked_at from check_runs
      where server_id = s.id and organization_id = s.organization_id and kind = 'canary'
      order by id desc limit 1
    ) last on true
    where s.deleted_at is null and s.status = 'active' and declared.every_seconds is not null
      and (last.checked_at is null
        or last.checked_at + make_interval(secs => declared.every_seconds) <= ${new Date(clock.nowMs()).toISOString()}::timestamptz)
    order by row_number() over (partition by s.organization_id
        order by last.checked_at + make_interval(secs => declared.every_seconds) nulls first, s.id),
      last.checked_at + make_interval(secs => declared.every_seconds) nulls first, s.id
    limit ${limits.checks.canariesLookedAtMax}`)
    .then((rows) => [...rows]);
