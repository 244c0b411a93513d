import { and, eq, inArray, sql } from "drizzle-orm";
import { serverEnvironment, servers } from "#drizzle/schema/index.ts";
import { UpdateServerConfig } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, workflow } from "../access/index.ts";
import { announce } from "./announce.ts";
import { environmentContext } from "./environment-seal.ts";
import { describeConfig } from "./get-server-config.ts";
import { getServerRow, ServerRef, type ServerRow } from "./server-row.ts";

/** AES-256-GCM adds a 12-byte nonce and a 16-byte tag to the value. */
const SEAL_OVERHEAD_BYTES = 28;

const Input = ServerRef.extend(UpdateServerConfig.shape);

/** What is wrong with a value; null when fine. */
function refuseValue(name: string, value: string): FieldError | null {
  const path = `environment.${name}`;
  if (Buffer.byteLength(value) > limits.servers.environmentValueBytesMax)
    return {
      path,
      code: "too_big",
      message: `A value may have at most ${limits.servers.environmentValueBytesMax} bytes.`,
    };
  return null;
}

async function assertWithinCaps(db: Db, row: ServerRow): Promise<void> {
  const [usage] = await db
    .select({
      variables: sql<number>`count(*)::int`,
      bytes: sql<number>`coalesce(sum(octet_length(name) + octet_length(ciphertext) - ${SEAL_OVERHEAD_BYTES}), 0)::int`,
    })
    .from(serverEnvironment)
    .where(
      and(eq(serverEnvironment.organizationId, row.organizationId), eq(serverEnvironment.serverId, row.id)),
    );
  if ((usage?.variables ?? 0) > limits.servers.environmentVariablesMax)
    throw new DomainError(
      "limit_reached",
      `A server may have at most ${limits.servers.environmentVariablesMax} environment variables.`,
    );
  if ((usage?.bytes ?? 0) > limits.servers.environmentBytesMax)
    throw new DomainError(
      "limit_reached",
      `The environment variables of a server may have at most ${limits.servers.environmentBytesMax} bytes together.`,
    );
}

const changeConfig = command({
  name: "server.updateConfig",
  scope: "servers:write",
  input: Input,
  run: async (ctx, { server, environment = {} }) => {
    const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
    if (row.kind !== "hosted")
      throw new DomainError("invalid_input", "Only a hosted server has environment variables.");
    const changes = Object.entries(environment);
    const errors = changes.flatMap(([name, value]) => {
      const error = value === null ? null : refuseValue(name, value);
      return error ? [error] : [];
    });
    const [first] = errors;
    if (first)
      throw new DomainError("invalid_input", `The input is not valid. ${first.path}: ${first.message}`, {
        errors,
      });
    const now = new Date(ctx.clock.nowMs());
    const removed = changes.flatMap(([name, value]) => (value === null ? [name] : []));
    const set = changes.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
    if (removed.length > 0)
      await ctx.db
        .delete(serverEnvironment)
        .where(
          and(
            eq(serverEnvironment.organizationId, row.organizationId),
            eq(serverEnvironment.serverId, row.id),
            inArray(serverEnvironment.name, removed),
          ),
        );
    if (set.length > 0)
      await ctx.db
        .insert(serverEnvironment)
        .values(
          set.map(({ name, value }) => ({
            organizationId: row.organizationId,
            serverId: row.id,
            name,
            ciphertext: ctx.doors.seal(value, environmentContext(row.organizationId, row.id, name)),
            updatedAt: now,
          })),
        )
        .onConflictDoUpdate({
          target: [serverEnvironment.organizationId, serverEnvironment.serverId, serverEnvironment.name],
          set: { ciphertext: sql`excluded.ciphertext`, updatedAt: now },
        });
    await assertWithinCaps(ctx.db, row);
    if (changes.length > 0)
      await ctx.db
        .update(servers)
        .set({ updatedAt: now })
        .where(and(eq(servers.organizationId, row.organizationId), eq(servers.id, row.id)));
    return {
      value: { serverId: row.id, config: await describeConfig(ctx.db, row) },
      audit: {
        entity: "server",
        entityId: row.id,
        after: { environment: { set: set.map(({ name }) => name), removed } },
      },
    };
  },
});

/**
 * Sets variables that have a string, removes those that have null, leaves the others. Values are sealed before they are
 * stored and never come back. Throws `limit_reached` above the count or size caps.
 */
export const updateServerConfig = workflow({
  name: "server.updateConfig",
  scope: "servers:write",
  input: Input,
  run: async (ctx, input) => {
    const { serverId, config } = await changeConfig(ctx, input);
    await announce(ctx, serverId);
    return config;
  },
});
