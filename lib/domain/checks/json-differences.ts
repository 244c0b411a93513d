/** One place where two JSON values differ. A side on which there is nothing is `undefined`, and absent as JSON. */
export interface JsonDifference {
  /** JSON pointer (RFC 6901); empty for the whole value. */
  path: string;
  before: unknown;
  after: unknown;
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;
const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");
const at = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

/**
 * Where `after` differs from `before`, in document order, at most `differencesMax`; the order of keys does not matter.
 * `isSame` decides about values that are not both objects or both lists. Walks with its own stack, so that deep data
 * cannot exhaust the call stack.
 */
export function jsonDifferences(
  before: unknown,
  after: unknown,
  differencesMax: number,
  isSame: (before: unknown, after: unknown) => boolean = (one, other) => one === other,
): { differences: JsonDifference[]; isCapped: boolean } {
  const differences: JsonDifference[] = [];
  const open: JsonDifference[] = [{ path: "", before, after }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, before: left, after: right } = next;
    if (isContainer(left) && isContainer(right) && Array.isArray(left) === Array.isArray(right)) {
      const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
      for (const key of keys.reverse())
        open.push({ path: `${path}/${escaped(key)}`, before: at(left, key), after: at(right, key) });
    } else if (!isSame(left, right)) {
      if (differences.length === differencesMax) return { differences, isCapped: true };
      differences.push(next);
    }
  }
  return { differences, isCapped: false };
}
