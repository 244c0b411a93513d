import { DomainError } from "#lib/kernel/errors.ts";

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
