import type { Doors } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

const closed = (): never => {
  throw new DomainError("unavailable", "This process has no way to the data plane.");
};

/** For processes whose verbs only touch the database. */
export const closedDoors: Doors = {
  runtime: {
    startTrials: closed,
    refresh: closed,
    drain: closed,
    restart: closed,
    status: closed,
    hostingCheck: closed,
    crashes: closed,
    startWaits: closed,
    logStream: closed,
  },
  payments: null,
  dashboardUrl: closed,
  logRetentionDaysMax: limits.storage.retentionDaysMax,
  mcpUrl: closed,
  gatewayUrl: closed,
  internalMcp: closed,
  agentMcp: closed,
  publicFetch: closed,
  mail: null,
  seal: closed,
  unseal: closed,
};
