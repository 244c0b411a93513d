/** What tests share: a real database, two organizations, contexts, a clock that stands still. */

export { bareDiagnosis, bareEvidence } from "./bare-evidence.ts";
export { completed } from "./completed.ts";
export { type FakeClock, fakeClock } from "./fake-clock.ts";
export {
  type FakeRuntime,
  type FakeTrial,
  failedSmoke,
  fakeRuntime,
  passedCall,
  passedCheck,
  passedSmoke,
} from "./fake-runtime.ts";
export { noteCalls, noteRoutes } from "./note-routes.ts";
export { recordingLog } from "./recording-log.ts";
export { insertTenantRows, type PathValues, ROW_PARAMETERS } from "./tenant-rows.ts";
export {
  createTenants,
  createTestOrganization,
  type Tenants,
  type TestOrganization,
} from "./tenants.ts";
export {
  bearer,
  type Credentials,
  sessionCookieOf,
  sessionOf,
  signedIn,
  TEST_ORIGIN,
  testApi,
  testAuthSystem,
} from "./test-api.ts";
export { testCtx, testSystem } from "./test-context.ts";
export { type TestDatabase, testDatabase } from "./test-database.ts";
