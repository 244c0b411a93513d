import type { Sql } from "postgres";

/** What one process tells the others; payloads are ids only, at most a few hundred bytes. */
export const CHANNELS = {
  /** A server, gateway, grant or key changed; the payload is its id. */
  configuration: "mcpstack_configuration",
  /** Somebody's rights changed; the payload is the organization's id, or empty for all. */
  access: "mcpstack_access",
  /** A deployment operation was queued or is to be canceled; the payload is its id. */
  operations: "mcpstack_operations",
} as const;
export type Channel = (typeof CHANNELS)[keyof typeof CHANNELS];

/** Tells every listening process. Never inside a transaction that matters: NOTIFY serialises commits. */
export async function notify(sql: Sql, channel: Channel, payload: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`;
}

/**
 * Calls `onMessage` for each notification and `onListening` whenever the subscription is (re)made: what was sent
 * in between is lost, so re-read the state there. Answers a function that ends the subscription.
 */
export async function listen(
  sql: Sql,
  channel: Channel,
  onMessage: (payload: string) => void,
  onListening: () => void,
): Promise<() => Promise<void>> {
  const subscription = await sql.listen(channel, onMessage, onListening);
  return () => subscription.unlisten();
}
