import { DomainError } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { queueing, queueOperation } from "./queue-operation.ts";

/**
 * Asks to let a server answer after a gate: of a hosted one its present version is tried, a connected one must list its
 * tools. Answers the queued operation; a failed gate changes nothing. Throws `conflict` when a hosted server has no
 * version yet, and while another operation is open on the server.
 */
export const activateServer = queueing(
  command({
    name: "deployment.activate",
    scope: "deployments:write",
    input: ServerRef,
    run: async (ctx, input) => {
      const server = await getServerRow(ctx.db, ctx.organization.id, input.server, { lock: true });
      if (server.kind === "hosted" && server.activeVersionId === null)
        throw new DomainError(
          "conflict",
          "This server has no published version yet. Publish one: that activates it.",
        );
      return queueOperation(ctx, { kind: "activate", server, versionId: server.activeVersionId });
    },
  }),
);
