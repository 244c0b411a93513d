/**
 * Whether `pattern` matches the whole of `name`; `*` stands for any characters, also none, and everything else for
 * itself. Takes time in proportion to the two lengths together, whatever they hold: tenants write the one, and callers
 * the other. Browser-safe.
 */
export function matchesToolPattern(pattern: string, name: string): boolean {
  let first = 0;
  // Most patterns of a list differ from a name in their first characters.
  for (; first < pattern.length && pattern[first] !== "*"; first++)
    if (pattern[first] !== name[first]) return false;
  if (first === pattern.length) return name.length === first;
  const last = pattern.lastIndexOf("*");
  const end = name.length - (pattern.length - last - 1);
  if (end < first || !name.endsWith(pattern.slice(last + 1))) return false;
  // What stands between two stars may be anywhere: the first place leaves the most room for the rest.
  let at = first;
  for (const part of pattern.slice(first, last).split("*")) {
    at = endOfPart(part, name, at, end);
    if (at === -1) return false;
  }
  return true;
}

/** The end of the first occurrence of `part` in `name` between `from` and `to`; -1 when there is none. */
function endOfPart(part: string, name: string, from: number, to: number): number {
  if (part === "") return from;
  const fallback = fallbacksOf(part);
  let matched = 0;
  for (let at = from; at < to; at++) {
    while (matched > 0 && name[at] !== part[matched]) matched = fallback[matched - 1] ?? 0;
    if (name[at] === part[matched] && ++matched === part.length) return at + 1;
  }
  return -1;
}

/** Knuth, Morris and Pratt: for each beginning of `part`, the longest shorter one that it ends with. */
function fallbacksOf(part: string): number[] {
  const fallback = [0];
  let matched = 0;
  for (let at = 1; at < part.length; at++) {
    while (matched > 0 && part[at] !== part[matched]) matched = fallback[matched - 1] ?? 0;
    if (part[at] === part[matched]) matched++;
    fallback.push(matched);
  }
  return fallback;
}
