const SLUG_CHARACTERS_MAX = 63;

/** A slug made from a name: `Support API (EU)` → `support-api-eu`; empty when nothing usable is left. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_CHARACTERS_MAX)
    .replaceAll(/^-+|-+$/g, "");
}
