import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { createFileOnce } from "#lib/config/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import {
  attachServer,
  createGateway,
  createGatewayKey,
  createGrant,
  listGateways,
} from "#lib/domain/gateways/index.ts";
import { getServer } from "#lib/domain/servers/index.ts";
import { READ_ONLY_TOOLS } from "./scenarios.ts";

const NAME = "Support";
const Stored = z.object({ gatewayId: z.string(), key: z.string() });

/** How the sample's partner gets in. */
export interface SampleGateway {
  gatewayId: string;
  publicId: string;
  key: string;
}

/**
 * Makes the gateway of the sample: `server` behind it, everyone may read, one key. Its key is kept in `file`, which
 * also says that all of it was made: what the users did since stays. Null when they took the server out of it.
 */
export async function ensureSampleGateway(
  ctx: Ctx,
  { server, file }: { server: string; file: string },
): Promise<SampleGateway | null> {
  const stored = existsSync(file)
    ? Stored.parse(JSON.parse(readFileSync(file, "utf8")))
    : await make(ctx, server, file);
  const { gateway } = await getServer(ctx, { server });
  return gateway?.id === stored.gatewayId ? { ...stored, publicId: gateway.publicId } : null;
}

/** Goes on where a start that failed in the middle ended. */
async function make(ctx: Ctx, server: string, file: string): Promise<z.infer<typeof Stored>> {
  const existing = (await listGateways(ctx, {})).find(({ name }) => name === NAME);
  const gateway =
    existing ??
    (await createGateway(ctx, {
      name: NAME,
      access: ["key", "public"],
      callsPerMinuteMax: 600,
      grantEveryone: false,
    }));
  if (gateway.grantCount === 0)
    await createGrant(ctx, {
      gateway: gateway.id,
      subject: { kind: "everyone" },
      tools: [...READ_ONLY_TOOLS],
      callsPerMinuteMax: 120,
    });
  await attachServer(ctx, { server, gatewayId: gateway.id });
  const { secret } = await createGatewayKey(ctx, { gateway: gateway.id, name: "Partner" });
  const stored = { gatewayId: gateway.id, key: secret };
  return Stored.parse(JSON.parse(createFileOnce(file, () => `${JSON.stringify(stored)}\n`)));
}
