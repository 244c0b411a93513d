import { sql } from "drizzle-orm";
import { jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { at } from "./columns.ts";

/** The edges of the installation: each writes its own row and keeps saying that it lives. */
export const edgeNodes = pgTable("edge_nodes", {
  node: text("node").primaryKey(),
  region: text("region").notNull(),
  /** Version of the product. */
  version: text("version").notNull(),
  /** Where our other processes reach it: `unix:/path` or `http://host:port`. */
  controlAddress: text("control_address").notNull(),
  /** Where callers reach this edge itself, e.g. `http://127.0.0.1:3000`; used to probe it. */
  ownUrl: text("own_url").notNull(),
  startedAt: at("started_at").notNull().default(sql`now()`),
  heartbeatAt: at("heartbeat_at").notNull().default(sql`now()`),
  /** What the edge's latest log canary found: the contract's `LogCanary`; null before the first. */
  canary: jsonb("canary"),
  /** Set when it ended in order. */
  stoppedAt: at("stopped_at"),
});
