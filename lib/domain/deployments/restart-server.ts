import type { Operation } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { workflow } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { queueOperation } from "./queue-operation.ts";
import { assertHosted } from "./version-row.ts";

/**
 * Asks for fresh processes of the version that serves; the old ones finish their calls, so that none fails. Answers the
 * queued operation. Throws `conflict` when the server does not serve, and while another operation is open on it.
 */
export const restartServer = workflow({
  name: "deployment.restart",
  scope: "deployments:write",
  input: ServerRef,
  run: async (ctx, input): Promise<Operation> => {
    const server = await getServerRow(ctx.database.db, ctx.organization.id, input.server);
    assertHosted(server);
    if (server.status !== "active" || server.activeVersionId === null)
      throw new DomainError(
        "conflict",
        "The server is not active, so there is nothing to restart. Activate it.",
      );
    return queueOperation(ctx, { kind: "restart", server, versionId: server.activeVersionId });
  },
});
