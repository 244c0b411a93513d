/**
 * Whether JSON data has objects or lists inside each other more than `levelsMax` deep. Walks with its own stack: what is
 * too deep exhausts the call stack of whoever writes it as JSON again.
 */
export function isDeeperThan(value: unknown, levelsMax: number): boolean {
  const open: { value: unknown; level: number }[] = [{ value, level: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: item, level } = next;
    if (typeof item !== "object" || item === null) continue;
    if (level > levelsMax) return true;
    for (const inner of Object.values(item))
      if (typeof inner === "object" && inner !== null) open.push({ value: inner, level: level + 1 });
  }
  return false;
}
