import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "#drizzle/schema/index.ts";
import type { Database } from "#lib/db/index.ts";

/** A database as the product opens it, which tells of each statement right before it is sent. */
export function openWatchedDatabase(
  url: string,
  applicationName: string,
  onStatement: (text: string) => void,
): Database {
  const sql = postgres(url, {
    max: 2,
    onnotice: () => undefined,
    // The driver asks for the types of arrays by itself, once.
    debug: (_connection, text) => {
      if (!text.includes("pg_catalog.pg_type")) onStatement(text);
    },
    connection: {
      application_name: applicationName,
      TimeZone: "UTC",
      plan_cache_mode: "force_custom_plan",
    },
  });
  return {
    db: drizzle(sql, { schema }),
    sql,
    close: (timeoutMs = 1_000) => sql.end({ timeout: timeoutMs / 1_000 }),
  };
}

const CHANGES = /\b(insert into|(?<!for |do )update|delete from) (\w+)/;

/** What a statement does, in a few words: `insert into usage_events`, `ledger_post`, `select from leases`, `commit`. */
export function statementName(text: string): string {
  const plain = text.toLowerCase().replaceAll('"', "").replaceAll(/\s+/g, " ").trim();
  const [change] = CHANGES.exec(plain) ?? /\bledger_(?:lock|post)\b/.exec(plain) ?? [];
  if (change !== undefined) return change;
  const [, table] = /\b(?<!epoch )(?:from|join) (?!unnest\b|jsonb_)(\w+)/.exec(plain) ?? [];
  return table === undefined ? (plain.split(" ")[0] ?? "") : `select from ${table}`;
}
