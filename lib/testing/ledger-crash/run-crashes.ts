import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "postgres";
import type { Database } from "#lib/db/index.ts";
import { expireDue, reconcile, returnDeadLeases } from "#lib/domain/ledger/index.ts";
import type { CrashOrder } from "./crash-process.ts";
import { actorOf, OPERATIONS, type Operation } from "./operations.ts";
import { openWatchedDatabase, statementName } from "./watched-database.ts";
import { leasesOf, openWorld, stateOf, type World } from "./world.ts";

const LONG_AFTER_MS = 4 * 3_600_000;
/** Lives of the processes that act in a world. */
const VICTIM = 1;
const SURVIVOR = 2;
const JANITOR = 3;
const BACKEND_GONE_MS_MAX = 10_000;
const CHILD_MS_MAX = 60_000;
/** Most of such a short life is compiling. */
const COMPILED = path.resolve(import.meta.dirname, "../../../node_modules/.cache/node");

/** A moment in an operation at which its process dies. */
export interface Failpoint extends Pick<CrashOrder, "operation" | "when" | "place"> {
  /** `settle/insert into usage_events/in flight`. */
  readonly name: string;
}

/** How an operation goes when nobody dies. */
interface Rehearsal {
  readonly statements: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly longAfter: string;
}

/** A database in which worlds crash one after the other: jobs work on all organizations of theirs. */
export interface Lane {
  rehearse(name: string): Promise<Rehearsal>;
  /** Kills a process at the failpoint and goes on as its successor would. Throws when the books are not what they must be. */
  crash(failpoint: Failpoint, rehearsal: Rehearsal): Promise<void>;
  close(): Promise<void>;
}

export function openLane(url: string): Lane {
  let statements: string[] = [];
  let serial = 0;
  const database = openWatchedDatabase(url, "survivor", (text) => statements.push(text));
  const { sql } = database;

  async function begin(operation: Operation): Promise<World> {
    serial += 1;
    const world = await openWorld(database, serial);
    await operation.prepare?.(
      actorOf(database, world, await leasesOf(sql, world), { life: JANITOR, afterMs: operation.afterMs }),
    );
    return world;
  }

  async function run(operation: Operation, world: World, life: number): Promise<void> {
    const actor = actorOf(database, world, await leasesOf(sql, world), { life, afterMs: operation.afterMs });
    statements = [];
    await operation.run(actor);
  }

  /** All nodes are long gone: what they had set aside comes back, what expired goes. */
  async function goOn(operation: Operation, world: World): Promise<string> {
    const { nowMs, ids } = actorOf(database, world, await leasesOf(sql, world), {
      life: JANITOR,
      afterMs: operation.afterMs + LONG_AFTER_MS,
    });
    await returnDeadLeases(database, nowMs, ids);
    await expireDue(database, nowMs, ids);
    await requireBalanced(database, world, nowMs);
    return stateOf(sql, world, { withLeases: operation.recovery === "repeated" });
  }

  return {
    async rehearse(name) {
      const operation = operationOf(name);
      const world = await begin(operation);
      const before = await stateOf(sql, world, { withLeases: true });
      await run(operation, world, VICTIM);
      const done = statements.map(statementName);
      const after = await stateOf(sql, world, { withLeases: true });
      const longAfter = await goOn(operation, world);
      for (const state of [before, after, longAfter]) requireUnbroken(state);
      return { statements: numbered(done), before, after, longAfter };
    },
    async crash({ operation: name, when, place }, rehearsal) {
      const operation = operationOf(name);
      const world = await begin(operation);
      const look = () => stateOf(sql, world, { withLeases: true });
      expectSame("before", await look(), rehearsal.before);
      const applicationName = `victim-${world.serial}`;
      const isAcknowledged = await die({
        url,
        applicationName,
        serial: world.serial,
        operation: name,
        life: VICTIM,
        when,
        place,
      });
      await untilGone(sql, applicationName);
      const found = await look();
      // All of an operation happened or nothing of it, and all of one whose end was told.
      if (isAcknowledged || found !== rehearsal.before) expectSame("after the crash", found, rehearsal.after);
      if (operation.recovery !== "left") await run(operation, world, SURVIVOR);
      if (operation.recovery === "repeated") expectSame("after the replay", await look(), rehearsal.after);
      expectSame("long after", await goOn(operation, world), rehearsal.longAfter);
    },
    close: () => database.close(),
  };
}

/**
 * Finds every moment at which each operation can die by doing it once, and dies at some of them (always the same: each
 * commit on its way, a statement in the middle, and some that were acknowledged) or at all. Answers the failpoints and
 * what went wrong, by name.
 */
export async function runCrashes(
  lanes: readonly Lane[],
  isAll: boolean,
): Promise<{ failpoints: readonly Failpoint[]; failures: readonly string[] }> {
  const rehearsals = new Map<string, Rehearsal>();
  await shareOut(lanes, Object.keys(OPERATIONS), async (lane, name) => {
    rehearsals.set(name, await lane.rehearse(name));
  });
  const failpoints = Object.keys(OPERATIONS).flatMap((name, index) => {
    const statements = rehearsals.get(name)?.statements ?? [];
    const all = failpointsOf(name, statements);
    return isAll ? all : all.filter((point) => isChosen(point, statements.length, index));
  });
  const failures: string[] = [];
  await shareOut(lanes, failpoints, async (lane, failpoint) => {
    const rehearsal = rehearsals.get(failpoint.operation);
    if (rehearsal === undefined) throw new Error(`${failpoint.operation} was not rehearsed`);
    await lane
      .crash(failpoint, rehearsal)
      .catch((error: unknown) => failures.push(`${failpoint.name}: ${String(error)}`));
  });
  return { failpoints, failures };
}

/** Each lane does one after the other. */
async function shareOut<Item>(
  lanes: readonly Lane[],
  items: readonly Item[],
  work: (lane: Lane, item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(lane, item);
    }),
  );
}

const failpointsOf = (operation: string, statements: readonly string[]): Failpoint[] => [
  ...statements.flatMap((statement, place) =>
    (["before", "in flight"] as const).map((when) => ({
      name: `${operation}/${statement}/${when}`,
      operation,
      when,
      place,
    })),
  ),
  { name: `${operation}/acknowledged`, operation, when: "acknowledged", place: statements.length },
];

function isChosen({ when, place }: Failpoint, statements: number, index: number): boolean {
  if (when === "acknowledged") return index % 4 === 2;
  if (place === statements - 1) return when === "in flight";
  return place === Math.ceil((statements * 2) / 3) - 1 && when === (index % 2 === 0 ? "before" : "in flight");
}

/** Does the operation in a process of its own, which dies of it. Answers whether it told before that all was done. */
async function die(order: CrashOrder): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  execFile(
    process.execPath,
    [path.join(import.meta.dirname, "crash-process.ts"), JSON.stringify(order)],
    { timeout: CHILD_MS_MAX, env: { ...process.env, NODE_COMPILE_CACHE: COMPILED } },
    (error, stdout, stderr) => {
      if (error?.signal === "SIGKILL") resolve(stdout === "acknowledged");
      else reject(new Error(`the process did not die as it should: ${error?.message} ${stderr}`));
    },
  );
  return promise;
}

/** What a dead process sent may still be running: its backends end when they notice. */
async function untilGone(sql: Sql, applicationName: string): Promise<void> {
  const deadlineMs = performance.now() + BACKEND_GONE_MS_MAX;
  for (;;) {
    const rows = await sql`select from pg_stat_activity where application_name = ${applicationName}`;
    if (rows.length === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`a backend of ${applicationName} does not end`);
    await delay(5);
  }
}

async function requireBalanced(database: Database, { organizationId }: World, nowMs: number): Promise<void> {
  const { status, checks } = await reconcile(database, organizationId, nowMs, { isFull: true });
  if (status === "balanced") return;
  throw new Error(JSON.stringify(checks.filter(({ driftCount }) => driftCount > 0)));
}

/** What the rows themselves promise, told apart from the reconciliation; everything later is compared with this. */
function requireUnbroken(state: string): void {
  const { broken } = JSON.parse(state) as { broken: string[] };
  if (broken.length > 0) throw new Error(`the books are broken when nobody dies: ${broken.join(", ")}`);
}

function expectSame(when: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new Error(`${when} found ${found}\ninstead of ${expected}`);
}

function operationOf(name: string): Operation {
  const operation = OPERATIONS[name];
  if (operation === undefined) throw new Error(`there is no operation ${name}`);
  return operation;
}

/** The same statement again gets a number. */
function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}
