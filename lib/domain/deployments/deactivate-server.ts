import type { Operation } from "#lib/contract/index.ts";
import { workflow } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { queueOperation } from "./queue-operation.ts";

/**
 * Asks to stop a server from answering; what is in flight is drained. Answers the queued operation. Its version stays,
 * so that it can be activated again. Throws `conflict` while another operation is open on the server.
 */
export const deactivateServer = workflow({
  name: "deployment.deactivate",
  scope: "deployments:write",
  input: ServerRef,
  run: async (ctx, input): Promise<Operation> => {
    const server = await getServerRow(ctx.database.db, ctx.organization.id, input.server);
    return queueOperation(ctx, { kind: "deactivate", server, versionId: server.activeVersionId });
  },
});
