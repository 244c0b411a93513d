/**
 * Whether `pattern` matches the whole of `name`; `*` stands for any characters, also none, and everything else for
 * itself. Linear in time for practical purposes: it never goes back further than the last `*`. Browser-safe.
 */
export function matchesToolPattern(pattern: string, name: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let retryAt = 0;
  while (at < name.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern++;
      retryAt = at;
    } else if (inPattern < pattern.length && pattern[inPattern] === name[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++retryAt;
    } else return false;
  }
  while (pattern[inPattern] === "*") inPattern++;
  return inPattern === pattern.length;
}
