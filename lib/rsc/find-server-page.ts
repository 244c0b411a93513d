import { getServer } from "#lib/domain/servers/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { requireMe } from "./me.ts";
import { requireCtx } from "./require-ctx.ts";

/** The address of a server's page by id or slug alone, in whichever of the person's organizations it is; or null. */
export async function findServerPage(server: string): Promise<string | null> {
  const { organizations } = await requireMe();
  for (const { slug } of organizations) {
    const ctx = await requireCtx(slug);
    const found = await getServer(ctx, { server }).catch((error: unknown) => {
      if (error instanceof DomainError && (error.code === "not_found" || error.code === "forbidden"))
        return null;
      throw error;
    });
    if (found) return `/${slug}/servers/${found.slug}`;
  }
  return null;
}
