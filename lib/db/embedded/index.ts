/** A real PostgreSQL of our own, for those who have none: started, adopted and stopped by us. */
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresStatus,
  startEmbeddedPostgres,
} from "./embedded-postgres.ts";
export { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
export { isProcessAlive, processStartMark } from "./processes.ts";
