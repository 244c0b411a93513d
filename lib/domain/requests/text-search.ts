import type { Fragment, Sql } from "postgres";

/** A pattern of LIKE that matches what contains exactly `text`: its wildcards stand for themselves. */
const patternOf = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

/** Text in any of the columns, whatever the case. No condition without a text, or with an empty one. */
export function containing(sql: Sql, columns: readonly string[], text: string | undefined): Fragment {
  if (text === undefined || text === "") return sql``;
  const any = columns
    .map((column) => sql`${sql(column)} ilike ${patternOf(text)}`)
    .reduce((all, one) => sql`${all} or ${one}`);
  return sql`and (${any})`;
}
