import { z } from "zod";

const PageShape = z.object({
  data: z.array(z.unknown()),
  page: z.number(),
  pageSize: z.number(),
  total: z.number(),
  totalIsCapped: z.boolean(),
  nextCursor: z.string().nullable(),
  asOf: z.string(),
});

/**
 * The RFC 8288 `Link` header of an answer that is a page, or null for anything else. Page links carry `asOf`, so
 * following them never skips or repeats a row; cursor links lead onward only.
 */
export function pageLinks(body: unknown, url: URL): string | null {
  const page = PageShape.safeParse(body);
  if (!page.success) return null;
  const { data } = page;
  const link = (relation: string, change: Record<string, string>) => {
    const search = new URLSearchParams(url.searchParams);
    for (const [name, value] of Object.entries(change)) search.set(name, value);
    return `<${url.pathname}?${search}>; rel="${relation}"`;
  };
  if (url.searchParams.has("cursor")) {
    return data.nextCursor === null ? null : link("next", { cursor: data.nextCursor });
  }
  const pinned = (number: number) => ({ page: String(number), asOf: data.asOf });
  const lastPage = Math.max(1, Math.ceil(data.total / data.pageSize));
  const links = [link("first", pinned(1))];
  if (data.page > 1) links.push(link("prev", pinned(data.page - 1)));
  if (data.nextCursor !== null) links.push(link("next", pinned(data.page + 1)));
  if (!data.totalIsCapped) links.push(link("last", pinned(lastPage)));
  return links.join(", ");
}
