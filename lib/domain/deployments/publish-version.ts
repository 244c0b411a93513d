import { type Operation, PublishVersion } from "#lib/contract/index.ts";
import { workflow } from "../access/index.ts";
import { announce, getServerRow, ServerRef } from "../servers/index.ts";
import { GATE_STEPS, passGate } from "./release-gate.ts";
import { runOperation } from "./run-operation.ts";
import { SWITCH_STEP, switchServer } from "./switch-server.ts";
import { assertHosted, getVersionRow } from "./version-row.ts";

/**
 * Makes a version the one that serves, and the server active: trial start → tools/list → switch. Answers when it is
 * done. A version that fails the gate changes nothing: the operation is stored as failed and `bundle_refused` carries
 * the runtime's own message. Throws `conflict` while another operation runs on the server.
 */
export const publishVersion = workflow({
  name: "deployment.publish",
  scope: "deployments:write",
  input: ServerRef.extend(PublishVersion.shape),
  run: async (ctx, input): Promise<Operation> => {
    const { db } = ctx.database;
    const server = await getServerRow(db, ctx.organization.id, input.server);
    assertHosted(server);
    const version = await getVersionRow(db, server, input.version);
    const operation = await runOperation(ctx, {
      kind: "publish",
      server,
      versionId: version.id,
      steps: [...GATE_STEPS, SWITCH_STEP],
      work: async (operationId, steps) => {
        const smoke = await passGate(ctx, server, version, steps);
        const switchedMs = ctx.clock.monotonicMs();
        await switchServer("publish")(ctx, {
          operationId,
          serverId: server.id,
          status: "active",
          versionId: version.id,
          smoke,
          steps: steps.succeeded(SWITCH_STEP, switchedMs),
        });
      },
    });
    await announce(ctx, server.id);
    return operation;
  },
});
