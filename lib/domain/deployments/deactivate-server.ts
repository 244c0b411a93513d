import { command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { queueing, queueOperation } from "./queue-operation.ts";

/**
 * Asks to stop a server from answering; what is in flight is drained. Answers the queued operation. Its version stays,
 * so that it can be activated again. Throws `conflict` while another operation is open on the server.
 */
export const deactivateServer = queueing(
  command({
    name: "deployment.deactivate",
    scope: "deployments:write",
    input: ServerRef,
    run: async (ctx, input) => {
      const server = await getServerRow(ctx.db, ctx.organization.id, input.server, { lock: true });
      return queueOperation(ctx, { kind: "deactivate", server, versionId: server.activeVersionId });
    },
  }),
);
