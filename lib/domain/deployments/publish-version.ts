import { PublishVersion } from "#lib/contract/index.ts";
import { command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { queueing, queueOperation } from "./queue-operation.ts";
import { assertHosted, getVersionRow } from "./version-row.ts";

/**
 * Asks to make a version the one that serves, and the server active: trial → gate → switch → drain. Answers the queued
 * operation. A version that fails the gate changes nothing: the operation then fails with the runtime's own message.
 * Throws `conflict` while another operation is open on the server.
 */
export const publishVersion = queueing(
  command({
    name: "deployment.publish",
    scope: "deployments:write",
    input: ServerRef.extend(PublishVersion.shape),
    run: async (ctx, input) => {
      const { db } = ctx;
      const server = await getServerRow(db, ctx.organization.id, input.server, { lock: true });
      assertHosted(server);
      const version = await getVersionRow(db, server, input.version);
      return queueOperation(ctx, { kind: "publish", server, versionId: version.id });
    },
  }),
);
