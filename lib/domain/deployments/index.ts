/** Versions of hosted servers, and the operations that decide what serves. */
export { activateServer } from "./activate-server.ts";
export { loadBundle } from "./bundle-store.ts";
export { cancelOperation } from "./cancel-operation.ts";
export { deactivateServer } from "./deactivate-server.ts";
export { findPublishedVersion } from "./find-published-version.ts";
export { getDeployment } from "./get-deployment.ts";
export { getOperation } from "./get-operation.ts";
export { listOperations } from "./list-operations.ts";
export { listVersions } from "./list-versions.ts";
export { runOperationWorker, runQueuedOperations } from "./operation-worker.ts";
export { BUNDLE_MEDIA_TYPES } from "./parse-bundle.ts";
export { publishVersion } from "./publish-version.ts";
export { recoverOperations } from "./recover-operations.ts";
export { restartServer } from "./restart-server.ts";
export { rollbackVersion } from "./rollback-version.ts";
export { uploadVersion } from "./upload-version.ts";
