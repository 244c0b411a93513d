import { CreateAccessKey } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command } from "../access/index.ts";
import { announced, getServerRow, ServerRef } from "../servers/index.ts";
import { makeKey } from "./make-key.ts";

/** Makes a key of a server's direct URL and answers its secret, this once. It counts while direct access is `key`. */
export const createServerKey = announced(
  command({
    name: "server.createKey",
    scope: "gateways:write",
    input: ServerRef.extend(CreateAccessKey.shape),
    run: async (ctx, { server, ...key }) => {
      const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
      const holder = { organizationId: row.organizationId, serverId: row.id };
      return makeKey(ctx, { holder, keysMax: limits.gateways.keysPerServerMax }, key);
    },
  }),
  (key) => key.id,
);
