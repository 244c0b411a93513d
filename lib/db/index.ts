/** Connections, transactions, migrations, partitions and notifications. */
export { type Database, type Db, openDatabase } from "./database.ts";
export { isDatabaseAway } from "./is-database-away.ts";
export { competeForLeadership } from "./leadership.ts";
export { migrateDatabase } from "./migrate.ts";
export { CHANNELS, listen, notify } from "./notify.ts";
export { dropPartitionsBefore, ensurePartitions, hasMissedPartition, LOG_TABLES } from "./partitions.ts";
export { sqlOf } from "./sql-of.ts";
export { indexClosedDays, insertedFacts, summarizeStoreOrder } from "./text-indexes.ts";
