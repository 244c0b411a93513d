import type { Doors } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";

const closed = (): never => {
  throw new DomainError("unavailable", "This process has no way to the data plane.");
};

/** For processes whose verbs only touch the database. */
export const closedDoors: Doors = {
  runtime: { verify: closed, refresh: closed, status: closed, logStream: closed },
  mcpUrl: closed,
  gatewayUrl: closed,
  internalMcp: closed,
  seal: closed,
  unseal: closed,
};
