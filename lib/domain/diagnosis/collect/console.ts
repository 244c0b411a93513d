import type { Evidence } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isCaller, isTurnedAway } from "./callers.ts";
import { cutText } from "./evidence-text.ts";
import { type Collection, NotCollected } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

type Console = Extract<Evidence["logs"]["console"], { status: "collected" }>["value"];

/** Newest calls whose traces are looked for. */
const TRACED_CALLS_MAX = 1_000;

/** What the code of a hosted server wrote, and whether the calls that were passed on to it left anything behind. */
export async function consoleOf({ question, organizationId, nowMs, read }: Collection): Promise<Console> {
  const server = askedServer(question);
  if (server.kind !== "hosted")
    throw new NotCollected("not_applicable", "Somebody else runs this server: it has no console here.");
  assertIsKept(question, nowMs);
  const { beforeFromId, fromId, toId } = idsOf(question);
  return read(async (sql) => {
    const mine = sql`organization_id = ${organizationId} and server_id = ${server.id}`;
    const [counted] = await sql<{ now: string; before: string; errors: string; errors_before: string }[]>`
      select
        (select count(*) from console_log where ${mine} and id >= ${fromId} and id < ${toId}) as now,
        (select count(*) from console_log where ${mine} and id >= ${beforeFromId} and id < ${fromId}) as before,
        (select count(*) from console_log
          where ${mine} and level >= 2 and level >= 3 and id >= ${fromId} and id < ${toId}) as errors,
        (select count(*) from console_log
          where ${mine} and level >= 2 and level >= 3 and id >= ${beforeFromId} and id < ${fromId}) as errors_before`;
    const [traced] = await sql<{ forwarded: string; traced: string }[]>`
      select count(*) as forwarded, count(*) filter (where exists (
          select from console_log c where c.request_id = f.request_id and c.organization_id = ${organizationId}
            and c.server_id = ${server.id} and c.id >= ${fromId}
        ) or exists (
          select from upstream_calls u where u.request_id = f.request_id and u.organization_id = ${organizationId}
            and u.server_id = ${server.id} and u.id >= ${fromId}
        )) as traced
      from (
        select request_id from request_log
        where ${mine} and id >= ${fromId} and id < ${toId} and method = 'tools/call' and ${isCaller(sql)}
          and not ${isTurnedAway(sql)}
        order by id desc limit ${TRACED_CALLS_MAX}
      ) f`;
    const errorLines = await sql<{ id: string; request_id: string | null; message: string }[]>`
      select id, request_id, left(message, ${limits.incidents.textCharactersMax}) as message from console_log
      where ${mine} and level >= 2 and level >= 3 and id >= ${fromId} and id < ${toId}
      order by id desc limit ${limits.incidents.failingCallsMax}`;
    return {
      lines: Number(counted?.now ?? 0),
      linesBefore: Number(counted?.before ?? 0),
      errors: Number(counted?.errors ?? 0),
      errorsBefore: Number(counted?.errors_before ?? 0),
      forwarded: Number(traced?.forwarded ?? 0),
      traced: Number(traced?.traced ?? 0),
      errorLines: errorLines.map((row) => ({
        id: encodeId("log", row.id),
        at: new Date(timeOfUuid7(row.id)).toISOString(),
        requestId: row.request_id === null ? null : encodeId("req", row.request_id),
        message: cutText(row.message),
      })),
    };
  });
}
