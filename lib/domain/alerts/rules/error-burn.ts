import type { Sql } from "postgres";
import { limits } from "#lib/kernel/limits.ts";
import {
  type Burning,
  type BurnRow,
  type CountedCalls,
  failedShare,
  isBurning,
  lastOf,
  longSideOf,
} from "./burn-rate.ts";
import { earlierHours, type FailingServer, failingServers, newestCalls } from "./counted-hours.ts";
import { createRememberedHours, type KnownBefore } from "./remembered-hours.ts";
import type { State, StateRule } from "./state-rule.ts";

const HOUR_MS = 3_600_000;
const { burn, objective: objectiveDefault } = limits.alertRules;

interface Suspect {
  readonly server: FailingServer;
  readonly objective: number;
}
type LongSide = Burning & Suspect;

/**
 * Tool calls of callers that fail faster than the objective allows, over a long window and a short one at the same time: the
 * long one says that it matters, the short one that it is still so. Long windows and those of hours come from the hourly
 * counts, shorter ones from rows, which are only read where the long one burns. Hours before the recent ones are only read
 * where they decide, of a bounded number of servers per look, and remembered for an hour: each rule has a memory of its own.
 */
export function createErrorBurn(): StateRule {
  const remember = createRememberedHours();
  return {
    rule: "error_burn",
    title: "Calls fail",
    description:
      "More tool calls of a server fail than its objective allows, over a long and a short window at once. Errors that tools report count beyond their usual share; denied and canceled calls do not count.",
    async look({ database: { sql }, clock }, settingOf) {
      const nowMs = clock.nowMs();
      const states: State[] = [];
      const unread = new Set<string>();
      let suspects: readonly Suspect[] = (await failingServers(sql, nowMs)).map((server) => ({
        server,
        objective: settingOf(server.organizationId)?.objective ?? objectiveDefault,
      }));
      const before = remember((servers) => earlierHours(sql, servers, nowMs), nowMs);
      // The most severe first: what burns there is not asked for less.
      for (const row of burn) {
        const sides = await longSides(suspects, row, before, nowMs);
        for (const { server, side } of sides) if (side === "unread") unread.add(server.id);
        const burning = await withShortSide(sql, sides.flatMap(burningOf), row, nowMs);
        states.push(...burning.map(stateOf));
        const isDecided = new Set([...burning.map(({ server }) => server.id), ...unread]);
        suspects = suspects.filter(({ server }) => !isDecided.has(server.id));
      }
      return { states, isUnknown: ({ scope }) => unread.has(scope) };
    },
  };
}

/** How the long side of a window burns, with what came before where that decides. */
async function longSides(
  suspects: readonly Suspect[],
  row: BurnRow,
  before: KnownBefore,
  nowMs: number,
): Promise<readonly (Suspect & { side: ReturnType<typeof longSideOf> })[]> {
  const sides = suspects.map((one) => ({
    ...one,
    side: longSideOf({ recent: one.server.recent, before: null }, row, one.objective, nowMs),
  }));
  await before.read(sides.filter(({ side }) => side === "unread").map(({ server }) => server));
  return sides.map((one) => {
    const { server, objective, side } = one;
    const hours = side === "unread" ? before.of(server.id) : null;
    return hours === null
      ? one
      : { ...one, side: longSideOf({ recent: server.recent, before: hours }, row, objective, nowMs) };
  });
}

const burningOf = ({
  side,
  ...suspect
}: Suspect & { side: ReturnType<typeof longSideOf> }): readonly LongSide[] =>
  side === null || side === "unread" ? [] : [{ ...suspect, ...side }];

/** Those whose short side burns as well. */
async function withShortSide(
  sql: Sql,
  long: readonly LongSide[],
  { shortMs }: BurnRow,
  nowMs: number,
): Promise<readonly LongSide[]> {
  const newest =
    shortMs < HOUR_MS
      ? await newestCalls(
          sql,
          long.map(({ server }) => server),
          nowMs - shortMs,
          nowMs,
        )
      : null;
  const shortOf = ({ id, recent }: FailingServer): CountedCalls | undefined =>
    newest === null ? lastOf(recent, shortMs, nowMs) : newest.get(id);
  return long.filter(({ server, objective, row: { factor }, usual }) => {
    const short = shortOf(server);
    return short !== undefined && isBurning(short, { factor, objective, usual });
  });
}

function stateOf({ server, objective, row, long, usual }: LongSide): State {
  const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
  const hours = row.longMs / HOUR_MS;
  const share = failedShare(long, usual);
  const beyond = share * long.calls > long.errors ? ", beyond the errors that its tools usually report" : "";
  return {
    organizationId: server.organizationId,
    scope: server.id,
    serverId: server.id,
    severity: row.severity,
    title: `${percent(share)} of the calls of ${server.name} fail`,
    detail: `About ${Math.round(share * long.calls)} of ${Math.round(long.calls)} tool calls failed within ${hours} ${hours === 1 ? "hour" : "hours"}${beyond}, and they still do. The objective is that ${percent(objective)} succeed.`,
    path: `/servers/${server.slug}/logs?level=error`,
  };
}
