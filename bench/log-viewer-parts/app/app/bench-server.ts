import type { WatchedServer } from "#components/log-stream/watched-server.ts";

/** The server that the pages of the bench watch. */
export const benchServer: WatchedServer = {
  id: "srv_bench",
  slug: "bench",
  name: "Bench",
  status: "active",
  retentionDays: 0,
};
