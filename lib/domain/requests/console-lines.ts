import type { Fragment, Sql } from "postgres";
import { type ConsoleLine, ConsoleMethod } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { levelOfNumber } from "./fact-levels.ts";

export interface StoredLine {
  id: string;
  request_id: string | null;
  epoch: string;
  seq: string;
  level: number;
  method: string;
  message: string;
  truncated: boolean;
  bytes: number;
  semver: string | null;
}

/** The lines that `selection` chooses: a condition on console_log with its order and limit. Oldest first. */
export async function selectConsoleLines(sql: Sql, selection: Fragment): Promise<StoredLine[]> {
  const rows = await sql<StoredLine[]>`
    select c.id, c.request_id, c.epoch, c.seq, c.level, c.method, c.message, c.truncated, c.bytes, v.semver
    from (select * from console_log where ${selection}) c
    left join server_versions v on v.organization_id = c.organization_id and v.id = c.version_id
    order by c.id`;
  return [...rows];
}

/** The newest `linesMax` console lines that match `where`, oldest of them first. */
export const readConsoleLines = (
  sql: Sql,
  organizationId: string,
  where: Fragment,
  linesMax: number,
): Promise<StoredLine[]> =>
  selectConsoleLines(
    sql,
    sql`organization_id = ${organizationId} and ${where} order by id desc limit ${linesMax}`,
  );

/** The lines with these ids, newest first. */
export async function readLinesById(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
): Promise<StoredLine[]> {
  if (ids.length === 0) return [];
  const lines = await selectConsoleLines(
    sql,
    sql`organization_id = ${organizationId} and id in ${sql([...ids])}`,
  );
  return lines.reverse();
}

/** The wire form of a stored line. */
export function toConsoleLine(row: StoredLine): ConsoleLine {
  const line: ConsoleLine = {
    id: encodeId("log", row.id),
    epoch: row.epoch,
    seq: Number(row.seq),
    timestamp: timeOfUuid7(row.id),
    level: levelOfNumber(row.level),
    method: ConsoleMethod.parse(row.method),
    message: row.message,
    version: row.semver,
  };
  if (row.request_id !== null) line.requestId = encodeId("req", row.request_id);
  if (row.truncated) {
    line.truncated = true;
    line.bytes = row.bytes;
  }
  return line;
}
