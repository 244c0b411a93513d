import { and, desc, eq, gt, ne } from "drizzle-orm";
import { servers } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { CommandCtx } from "../access/index.ts";

/** Words that are, or may become, a path beside a server's slug. */
const RESERVED: ReadonlySet<string> = new Set([
  "admin",
  "agents",
  "api",
  "assets",
  "billing",
  "docs",
  "gateway",
  "gateways",
  "health",
  "incidents",
  "live",
  "log-stream",
  "logs",
  "mcp",
  "new",
  "openapi",
  "ready",
  "servers",
  "settings",
  "setup",
  "sign-in",
  "static",
  "status",
  "usage",
  "well-known",
  "www",
]);

/** Throws `invalid_input` for a slug that the product keeps for itself. */
export function assertSlugAllowed(slug: string): void {
  if (!RESERVED.has(slug)) return;
  const message = `"${slug}" is reserved. Choose another slug.`;
  throw new DomainError("invalid_input", message, { errors: [{ path: "slug", code: "reserved", message }] });
}

export const slugTaken = (slug: string): DomainError => {
  const message = `The slug "${slug}" is taken. Slugs are part of the public MCP URL, so they are unique across all organizations: choose another.`;
  return new DomainError("conflict", message, { errors: [{ path: "slug", code: "taken", message }] });
};

/**
 * Throws `conflict` for the slug of a server that another organization deleted less than
 * `limits.servers.slugCoolingOffMs` ago: its URL is still in clients, which must not reach a stranger.
 */
export async function assertSlugCooled(
  { db, clock, organization }: Pick<CommandCtx, "db" | "clock" | "organization">,
  slug: string,
): Promise<void> {
  const { slugCoolingOffMs } = limits.servers;
  const [deleted] = await db
    .select({ deletedAt: servers.deletedAt })
    .from(servers)
    .where(
      and(
        eq(servers.slug, slug),
        ne(servers.organizationId, organization.id),
        gt(servers.deletedAt, new Date(clock.nowMs() - slugCoolingOffMs)),
      ),
    )
    .orderBy(desc(servers.deletedAt))
    .limit(1);
  if (!deleted?.deletedAt) return;
  const until = new Date(deleted.deletedAt.getTime() + slugCoolingOffMs).toISOString();
  const message = `The slug "${slug}" belonged to a deleted server whose URL clients may still know. It is free after ${until}: choose another, or wait.`;
  throw new DomainError("conflict", message, {
    errors: [{ path: "slug", code: "cooling_off", message }],
    details: { until },
  });
}
