import type { Operation } from "#lib/contract/index.ts";
import { workflow } from "../access/index.ts";
import { announce, getServerRow, ServerRef } from "../servers/index.ts";
import { runOperation } from "./run-operation.ts";
import { SWITCH_STEP, switchServer } from "./switch-server.ts";

/** Stops a server from answering; what is in flight is drained. Its version stays, so that it can be activated again. */
export const deactivateServer = workflow({
  name: "deployment.deactivate",
  scope: "deployments:write",
  input: ServerRef,
  run: async (ctx, input): Promise<Operation> => {
    const server = await getServerRow(ctx.database.db, ctx.organization.id, input.server);
    const operation = await runOperation(ctx, {
      kind: "deactivate",
      server,
      versionId: server.activeVersionId,
      steps: [SWITCH_STEP],
      work: async (operationId, steps) => {
        await switchServer("deactivate")(ctx, {
          operationId,
          serverId: server.id,
          status: "inactive",
          versionId: null,
          smoke: null,
          steps: steps.succeeded(SWITCH_STEP, ctx.clock.monotonicMs()),
        });
      },
    });
    await announce(ctx, server.id);
    return operation;
  },
});
