import { DomainError } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { queueing, queueOperation } from "./queue-operation.ts";
import { assertHosted } from "./version-row.ts";

/**
 * Asks for fresh processes of the version that serves; the old ones finish their calls, so that none fails. Answers the
 * queued operation. Throws `conflict` when the server does not serve, and while another operation is open on it.
 */
export const restartServer = queueing(
  command({
    name: "deployment.restart",
    scope: "deployments:write",
    input: ServerRef,
    run: async (ctx, input) => {
      const server = await getServerRow(ctx.db, ctx.organization.id, input.server, { lock: true });
      assertHosted(server);
      if (server.status !== "active" || server.activeVersionId === null)
        throw new DomainError(
          "conflict",
          "The server is not active, so there is nothing to restart. Activate it.",
        );
      return queueOperation(ctx, { kind: "restart", server, versionId: server.activeVersionId });
    },
  }),
);
