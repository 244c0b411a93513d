import { DomainError } from "#lib/kernel/errors.ts";

/** First path segments that are ours: an organization's pages live at `/{slug}`. */
const RESERVED: ReadonlySet<string> = new Set([
  "api",
  "assets",
  "dev",
  "docs",
  "gateway",
  "health",
  "invite",
  "log-stream",
  "mcp",
  "mcp-admin",
  "public",
  "ready",
  "setup",
  "shared",
  "sign-in",
  "sign-out",
  "static",
]);
const SLUG_CHARACTERS_MAX = 48;

/** A free-standing slug for a name: `Österreich AG` becomes `osterreich-ag`. */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_CHARACTERS_MAX)
    .replace(/^-+|-+$/g, "");
  if (slug.length < 2) return slug === "" ? "organization" : `${slug}-organization`;
  return RESERVED.has(slug) ? `${slug}-organization` : slug;
}

/** Throws `invalid_input` for a slug that our own addresses use. */
export function requireUnreservedSlug(slug: string): void {
  if (!RESERVED.has(slug)) return;
  throw new DomainError("invalid_input", `The slug ${slug} is used by the product itself. Choose another.`, {
    errors: [{ path: "slug", code: "reserved", message: "Choose another slug." }],
  });
}
