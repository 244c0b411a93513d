import { and, count, eq } from "drizzle-orm";
import { z } from "zod";
import { serverVersions } from "#drizzle/schema/index.ts";
import { Semver, type Version } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, workflow } from "../access/index.ts";
import { getServerRow, ServerRef, userIdOf } from "../servers/index.ts";
import { packBundle, storeBundle } from "./bundle-store.ts";
import { parseBundle } from "./parse-bundle.ts";
import { assertHosted, describeVersions } from "./version-row.ts";

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "This is not binary data.");

const storeVersion = command({
  name: "version.upload",
  scope: "deployments:write",
  input: ServerRef.extend({
    version: Semver,
    bundle: z.object({
      sha256: z.string(),
      mainModule: z.string(),
      bytes: z.number().int(),
      modules: Bytes,
    }),
  }),
  run: async (ctx, { server, version: semver, bundle }) => {
    const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
    const ofServer = and(
      eq(serverVersions.organizationId, row.organizationId),
      eq(serverVersions.serverId, row.id),
    );
    const [existing] = await ctx.db.select({ total: count() }).from(serverVersions).where(ofServer);
    if ((existing?.total ?? 0) >= limits.servers.versionsPerServerMax)
      throw new DomainError(
        "limit_reached",
        `A server may have at most ${limits.servers.versionsPerServerMax} versions.`,
      );
    const now = new Date(ctx.clock.nowMs());
    await storeBundle(ctx.db, row.organizationId, bundle, now);
    const [stored] = await ctx.db
      .insert(serverVersions)
      .values({
        organizationId: row.organizationId,
        id: ctx.ids.id("ver"),
        serverId: row.id,
        semver,
        sha256: bundle.sha256,
        createdBy: userIdOf(ctx.actor),
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning();
    if (!stored)
      throw new DomainError(
        "conflict",
        `Version ${semver} exists. A version never changes: upload this code under a new one.`,
        { errors: [{ path: "version", code: "taken", message: `Version ${semver} exists.` }] },
      );
    const [value] = await describeVersions(ctx, row, stored.id);
    if (!value) throw new Error("the version just stored cannot be read");
    return {
      value,
      audit: {
        entity: "version",
        entityId: stored.id,
        after: { server: row.id, semver, sha256: bundle.sha256, bytes: bundle.bytes },
      },
    };
  },
});

/**
 * Stores code as a new version of a hosted server; nothing runs until it is published. `contentType` says whether
 * `body` is one ES module or a zip. Throws `bundle_refused`, `payload_too_large`, `unsupported_media_type`, or `conflict`
 * when the version exists.
 */
export const uploadVersion = workflow({
  name: "version.upload",
  scope: "deployments:write",
  input: ServerRef.extend({
    version: Semver,
    contentType: z.string().max(200),
    body: Bytes,
  }),
  run: async (ctx, { server, version, contentType, body }): Promise<Version> => {
    assertHosted(await getServerRow(ctx.database.db, ctx.organization.id, server));
    const bundle = await packBundle(await parseBundle(body, contentType));
    return storeVersion(ctx, { server, version, bundle });
  },
});
