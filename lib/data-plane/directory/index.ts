/** The servers as the data plane sees them: a snapshot in memory, refreshed by notification and by time. */
export type {
  AgentEntry,
  GatewayEntry,
  GrantEntry,
  KeyEntry,
  ServerDirectory,
  ServerEntry,
  VersionRef,
} from "./entry.ts";
export { createServerDirectory, type RefreshingDirectory } from "./server-directory.ts";
export { UNPRICED_PLAN } from "./unpriced-plan.ts";
