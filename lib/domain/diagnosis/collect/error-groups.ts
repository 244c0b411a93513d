import { createHash } from "node:crypto";
import type { ErrorGroup } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isCaller } from "./callers.ts";
import { cutName, cutNameOrNull, isoOf } from "./evidence-text.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

const { rowsReadMax, errorGroupsMax, errorGroupTextCharactersMax, examplesMax } = limits.incidents;
/** Different messages that are told apart before their numbers and ids are taken out. */
const MESSAGES_MAX = 20_000;

interface Found {
  outcome: string;
  tool: string | null;
  error: string;
  now: string;
  before: string;
  first_id: string;
  last_id: string;
  request_ids: string[];
}

/** What callers were told when their calls failed, by words; the most frequent first. */
export async function errorGroupsOf({
  question,
  organizationId,
  nowMs,
  read,
}: Collection): Promise<{ groups: ErrorGroup[]; groupsTotal: number; isSampled: boolean }> {
  const { id: serverId } = askedServer(question);
  assertIsKept(question, nowMs);
  const { beforeFromId, fromId, toId } = idsOf(question);
  // Both windows are read, each newest first: a flood before must not hide what fails now.
  const newest = (sql: Parameters<Parameters<typeof read>[0]>[0], from: string, to: string) => sql`
    (select id, request_id, outcome, tool,
      left(coalesce(error, case when http_status >= 400 then 'HTTP ' || http_status end, ''), ${errorGroupTextCharactersMax}) as error
    from request_log
    where organization_id = ${organizationId} and server_id = ${serverId} and id >= ${from} and id < ${to}
      and level >= 2 and ${isCaller(sql)}
    order by id desc limit ${rowsReadMax})`;
  const found = await read(
    (sql) => sql<Found[]>`
      select outcome, tool, error, count(*) filter (where id >= ${fromId}) as now,
        count(*) filter (where id < ${fromId}) as before, min(id::text) as first_id, max(id::text) as last_id,
        (array_agg(request_id order by id desc))[1:${examplesMax}] as request_ids
      from (${newest(sql, fromId, toId)} union all ${newest(sql, beforeFromId, fromId)}) failed
      group by outcome, tool, error
      order by count(*) filter (where id >= ${fromId}) desc, max(id::text) desc limit ${MESSAGES_MAX}`,
  );
  const groups = groupByWords(found);
  const read_ = found.reduce((sum, { now }) => sum + Number(now), 0);
  return {
    groups: groups.slice(0, errorGroupsMax),
    groupsTotal: groups.length,
    isSampled: found.length === MESSAGES_MAX || read_ >= rowsReadMax,
  };
}

/** Groups with calls in the window; what failed only before it is none. */
function groupByWords(found: readonly Found[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup & { lastId: string; firstId: string }>();
  for (const row of found) {
    const fingerprint = fingerprintOf(row);
    const known = groups.get(fingerprint);
    if (known === undefined) {
      groups.set(fingerprint, {
        fingerprint,
        outcome: row.outcome,
        tool: cutNameOrNull(row.tool),
        message: cutName(row.error),
        count: Number(row.now),
        countBefore: Number(row.before),
        firstAt: "",
        lastAt: "",
        requestIds: row.request_ids.map((id) => encodeId("req", id)),
        firstId: row.first_id,
        lastId: row.last_id,
      });
      continue;
    }
    known.count += Number(row.now);
    known.countBefore += Number(row.before);
    if (row.first_id < known.firstId) known.firstId = row.first_id;
    if (row.last_id > known.lastId) {
      known.lastId = row.last_id;
      known.message = cutName(row.error);
    }
    known.requestIds = [...known.requestIds, ...row.request_ids.map((id) => encodeId("req", id))]
      .sort((a, b) => (a < b ? 1 : -1))
      .slice(0, examplesMax);
  }
  return [...groups.values()]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.lastId < b.lastId ? 1 : -1))
    .map(({ firstId, lastId, ...group }) => ({
      ...group,
      firstAt: isoOf(new Date(timeOfUuid7(firstId))),
      lastAt: isoOf(new Date(timeOfUuid7(lastId))),
    }));
}

/** The same for errors that differ only in what they quote, in numbers and in ids. */
export function fingerprintOf({ outcome, tool, error }: Pick<Found, "outcome" | "tool" | "error">): string {
  const words = error
    .replaceAll(/"[^"]{0,300}"|'[^']{0,300}'|`[^`]{0,300}`|“[^”]{0,300}”/g, "…")
    .replaceAll(/\b[a-z]{2,5}_[0-9a-z]{10,}\b/gi, "…")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{13,40}\b/gi, "…")
    .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, "…")
    .replaceAll(/\d+(?:[.,:]\d+)*/g, "…")
    .replaceAll(/\s+/g, " ")
    .trim();
  return createHash("sha256")
    .update(JSON.stringify([outcome, tool, words]))
    .digest("hex")
    .slice(0, 16);
}
