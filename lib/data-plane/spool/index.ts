/**
 * Facts on this machine's own disk until the database has them: what an edge took is not lost when it is killed, and
 * what the database cannot take for a while waits here instead of in memory.
 */
export {
  type Spool,
  type SpoolEntry,
  type SpoolHooks,
  type SpoolStats,
  spoolEntry,
} from "./spool.ts";
export { openSpoolHome, type SpoolHome } from "./spool-home.ts";
