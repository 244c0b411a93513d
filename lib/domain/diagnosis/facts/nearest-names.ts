/** Names that differ by more than this share of the longer one do not look alike. */
const DISTANCE_SHARE_MAX = 1 / 3;
const NEAREST_MAX = 2;
/** What comes after says nothing about a likeness, and costs. */
const COMPARED_CHARACTERS_MAX = 64;

/** The names among `names` that somebody may have meant by `wanted`, the most alike first; none that is not alike. */
export function nearestNames(wanted: string, names: Iterable<string>): string[] {
  const plain = plainOf(wanted);
  return [...names]
    .flatMap((name) => {
      const other = plainOf(name);
      const share = distanceOf(plain, other) / Math.max(1, plain.length, other.length);
      return share <= DISTANCE_SHARE_MAX ? [{ name, share }] : [];
    })
    .sort((a, b) => a.share - b.share || (a.name < b.name ? -1 : 1))
    .slice(0, NEAREST_MAX)
    .map(({ name }) => name);
}

/** `getTicket`, `get-ticket` and `get_ticket` are spellings of one name. */
const plainOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "")
    .slice(0, COMPARED_CHARACTERS_MAX);

/** How many characters must be put in, taken out or exchanged to make one text of the other (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, place) => place);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
