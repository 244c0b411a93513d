import type { Server } from "#lib/contract/index.ts";

/** What a log viewer needs to know of a server. */
export type WatchedServer = Pick<Server, "id" | "slug" | "name" | "status" | "retentionDays">;
