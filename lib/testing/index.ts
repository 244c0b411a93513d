/** What tests share: a real database, two organizations, contexts, a clock that stands still. */
export { type FakeClock, fakeClock } from "./fake-clock.ts";
export { type LogEntry, recordingLog } from "./recording-log.ts";
export { createTenants, type Tenants, type TestOrganization, type TestUser } from "./tenants.ts";
export { type TestSystemOptions, testCtx, testSystem } from "./test-context.ts";
export { type TestDatabase, type TestDatabaseOptions, testDatabase } from "./test-database.ts";
