import type { UpstreamEvidence } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isCaller, isTurnedAway, numberOrNull } from "./callers.ts";
import { cutName } from "./evidence-text.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

const { rowsReadMax, examplesMax, clientsMax } = limits.incidents;

interface Answers {
  host: string;
  answer: string;
  now: string;
  before: string;
  examples: string[] | null;
}
interface Durations {
  host: string;
  p95: number | null;
  p95_before: number | null;
}

/**
 * What other servers answered, by host: of hosted code its outbound calls, of a connected server the one behind it. The
 * newest `limits.incidents.rowsReadMax` of each window.
 */
export async function upstreamOf(collection: Collection): Promise<UpstreamEvidence[]> {
  const server = askedServer(collection.question);
  assertIsKept(collection.question, collection.nowMs);
  const isHosted = server.kind === "hosted";
  const { fromId } = idsOf(collection.question);
  return collection.read(async (sql) => {
    const calls = isHosted ? outbound(sql, collection) : passedOn(sql, collection);
    const answers = await sql<Answers[]>`
      select host, answer, count(*) filter (where id >= ${fromId}) as now,
        count(*) filter (where id < ${fromId}) as before,
        (array_agg(example order by id desc) filter (where answer <> '2xx'))[1:${examplesMax}] as examples
      from (${calls}) c group by host, answer order by host, answer`;
    const durations = await sql<Durations[]>`
      select host, percentile_disc(0.95) within group (order by duration_ms) filter (where id >= ${fromId}) as p95,
        percentile_disc(0.95) within group (order by duration_ms) filter (where id < ${fromId}) as p95_before
      from (${calls}) c group by host`;
    return byHost(answers, durations, (id) => encodeId(isHosted ? "upc" : "req", id));
  });
}

/** Outbound calls of hosted code, with what was answered in a word. */
function outbound(sql: Reader, { question, organizationId }: Collection) {
  const { id } = askedServer(question);
  const { beforeFromId, fromId, toId } = idsOf(question);
  const newest = (from: string, to: string) => sql`
    (select id, id as example, duration_ms,
      coalesce(substring(url from '^[a-zA-Z]+://(?:[^/@]*@)?([^/?#]+)'), 'unknown') as host,
      case when outcome <> 'ok' then outcome
        when http_status in (401, 403, 429) then http_status::text
        when http_status is null then 'failed'
        else (http_status / 100)::text || 'xx' end as answer
    from upstream_calls
    where organization_id = ${organizationId} and server_id = ${id} and id >= ${from} and id < ${to}
    order by id desc limit ${rowsReadMax})`;
  return sql`${newest(fromId, toId)} union all ${newest(beforeFromId, fromId)}`;
}

/** Callers' requests that were passed on to a connected server. What it answered is told by the outcome and its words. */
function passedOn(sql: Reader, { question, organizationId }: Collection) {
  const { id, upstreamUrl } = askedServer(question);
  const host = upstreamUrl === null ? "unknown" : new URL(upstreamUrl).host;
  const { beforeFromId, fromId, toId } = idsOf(question);
  // An answer of the server that is no message is passed on as it is: only its status says what it was.
  const status = sql`coalesce(substring(error from 'HTTP ([1-5][0-9][0-9])'),
    case when error is null and http_status >= 400 then http_status::text end)`;
  const newest = (from: string, to: string) => sql`
    (select id, request_id as example, duration_ms, ${host}::text as host,
      case when outcome = 'timeout' then 'timeout'
        when outcome in ('upstream_error', 'protocol_error') and ${status} in ('401', '403', '429') then ${status}
        when outcome in ('upstream_error', 'protocol_error') and ${status} is not null then left(${status}, 1) || 'xx'
        when outcome = 'upstream_error' and error like '%refused the connection%' then 'refused'
        when outcome = 'upstream_error' then 'failed'
        when outcome = 'canceled' then 'canceled'
        else '2xx' end as answer
    from request_log
    where organization_id = ${organizationId} and server_id = ${id} and id >= ${from} and id < ${to}
      and method is not null and ${isCaller(sql)} and not ${isTurnedAway(sql)}
    order by id desc limit ${rowsReadMax})`;
  return sql`${newest(fromId, toId)} union all ${newest(beforeFromId, fromId)}`;
}

/** Hosts with calls in either window, the busiest first. */
function byHost(
  answers: readonly Answers[],
  durations: readonly Durations[],
  exampleId: (id: string) => string,
): UpstreamEvidence[] {
  const hosts = Map.groupBy(answers, ({ host }) => host);
  const counted = (rows: readonly Answers[], of: "now" | "before"): Record<string, number> =>
    Object.fromEntries(rows.flatMap((row) => (row[of] === "0" ? [] : [[row.answer, Number(row[of])]])));
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
  return [...hosts]
    .map(([host, rows]) => {
      const [byAnswer, byAnswerBefore] = [counted(rows, "now"), counted(rows, "before")];
      const times = durations.find((one) => one.host === host);
      const examples = rows.flatMap((row) => row.examples ?? []).sort((a, b) => (a < b ? 1 : -1));
      return {
        host: cutName(host),
        calls: sum(byAnswer),
        callsBefore: sum(byAnswerBefore),
        byAnswer,
        byAnswerBefore,
        p95Ms: numberOrNull(times?.p95 ?? null),
        p95MsBefore: numberOrNull(times?.p95_before ?? null),
        exampleIds: examples.slice(0, examplesMax).map(exampleId),
      };
    })
    .sort((a, b) => b.calls + b.callsBefore - a.calls - a.callsBefore || (a.host < b.host ? -1 : 1))
    .slice(0, clientsMax);
}
