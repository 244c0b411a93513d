import type { ChangeOf, Parsers, ValuesOf } from "./parsers.ts";

/** The query of an address as Next hands it to a page. */
type PageSearch = Readonly<Record<string, string | string[] | undefined>>;

/** What `search` holds for `parsers`. Of a name that stands there several times, the first counts. */
export const readSearch = <P extends Parsers>(parsers: P, search: URLSearchParams): ValuesOf<P> =>
  Object.fromEntries(
    Object.entries(parsers).map(([name, parser]) => {
      const text = search.get(name);
      return [name, (text === null ? null : parser.parse(text)) ?? parser.absent];
    }),
  ) as ValuesOf<P>;

/** The same for a page on the server, which gets its query as a promise of a record. */
export async function readPageSearch<P extends Parsers>(
  parsers: P,
  pageSearch: Promise<PageSearch>,
): Promise<ValuesOf<P>> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(await pageSearch)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) search.set(name, first);
  }
  return readSearch(parsers, search);
}

/** Writes `change` into `search`; a value that counts anyway is taken out, so that addresses stay short. */
export function writeSearch<P extends Parsers>(
  parsers: P,
  change: ChangeOf<P>,
  search: URLSearchParams,
): void {
  for (const [name, value] of Object.entries(change)) {
    const parser = parsers[name];
    if (parser === undefined || value === undefined) continue;
    const text = value === null ? null : parser.serialize(value);
    if (text === null || (parser.absent !== null && text === parser.serialize(parser.absent)))
      search.delete(name);
    else search.set(name, text);
  }
}

/** A query for people to read: what may stand in it as it is, does. */
export const searchText = (search: URLSearchParams): string =>
  search.toString().replace(/%(?:2C|2F|3A|40)/g, decodeURIComponent);
