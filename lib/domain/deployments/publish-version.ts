import { type Operation, PublishVersion } from "#lib/contract/index.ts";
import { workflow } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { queueOperation } from "./queue-operation.ts";
import { assertHosted, getVersionRow } from "./version-row.ts";

/**
 * Asks to make a version the one that serves, and the server active: trial → gate → switch → drain. Answers the queued
 * operation. A version that fails the gate changes nothing: the operation then fails with the runtime's own message.
 * Throws `conflict` while another operation is open on the server.
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
    return queueOperation(ctx, { kind: "publish", server, versionId: version.id });
  },
});
