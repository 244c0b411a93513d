import { COMPARE_AGAINST, type Evidence } from "#lib/contract/index.ts";
import { timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { compareWindows } from "../compare/index.ts";
import { isCaller } from "./callers.ts";
import { cutName } from "./evidence-text.ts";
import { repeatsOf } from "./repeats.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

type Usage = Evidence["usage"];
type NewClients = Extract<Usage["newClients"], { status: "collected" }>["value"];

const { clientsMax, knownClientMs } = limits.incidents;

/** Who used the server how much, against earlier windows. */
export async function collectUsage(collection: Collection): Promise<Usage> {
  const { section, question, organizationId, read } = collection;
  const compared = {
    organizationId,
    serverId: question.subject.server?.id ?? null,
    agentId: question.subject.server === null ? question.subject.agent?.id : undefined,
    window: question.window,
  };
  const [comparisons, repeats, newClients] = await Promise.all([
    section("usage.comparisons", () => {
      if (question.subject.server !== null) assertIsKept(question, collection.nowMs);
      return read((sql) => compareWindows(sql, { ...compared, against: COMPARE_AGAINST }));
    }),
    section("usage.repeats", () => repeatsOf(collection)),
    section("usage.newClients", () => newClientsOf(collection)),
  ]);
  return { comparisons, repeats, newClients };
}

/** Clients that called in the window and not in the time before it in which one counts as known; the busiest first. */
async function newClientsOf({ question, organizationId, nowMs, read }: Collection): Promise<NewClients> {
  const { id: serverId } = askedServer(question);
  assertIsKept(question, nowMs);
  const { fromId, toId } = idsOf(question);
  const knownFromId = uuid7Floor(question.window.fromMs - knownClientMs);
  const mine = (sql: Parameters<Parameters<typeof read>[0]>[0]) =>
    sql`organization_id = ${organizationId} and server_id = ${serverId} and ${isCaller(sql)}`;
  const rows = await read(
    (sql) => sql<{ client: string; calls: string; first_id: string }[]>`
      select client_name as client, calls, first_id from (
        select client_name, count(*) filter (where method = 'tools/call') as calls, min(id::text) as first_id
        from request_log
        where ${mine(sql)} and id >= ${fromId} and id < ${toId} and client_name is not null
        group by client_name
        having count(*) filter (where method = 'tools/call') > 0
        order by 2 desc, 1 limit ${clientsMax}
      ) present
      where not exists (
        select from usage_rollup u
        where u.organization_id = ${organizationId} and u.server_id = ${serverId} and u.client = present.client_name
          and u.hour >= ${new Date(question.window.fromMs - knownClientMs).toISOString()}::timestamptz
          and u.hour + interval '1 hour' <= ${new Date(question.window.fromMs).toISOString()}::timestamptz
      ) and not exists (
        select from request_log r
        where r.organization_id = ${organizationId} and r.server_id = ${serverId}
          and r.id >= ${knownFromId} and r.id < ${fromId} and r.client_name = present.client_name
      )
      order by calls desc, client`,
  );
  return rows.map(({ client, calls, first_id }) => ({
    client: cutName(client),
    calls: Number(calls),
    firstAt: new Date(timeOfUuid7(first_id)).toISOString(),
  }));
}
