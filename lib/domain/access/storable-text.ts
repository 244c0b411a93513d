import { storableText } from "#lib/kernel/text.ts";

const isStorableText = (text: string): boolean => storableText(text) === text;

/** A copy of JSON data with all its strings and keys made storable; `depthMax` levels deep, deeper ones become null. */
export function storableJson(value: unknown, depthMax = 64): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depthMax === 0) return null;
  if (Array.isArray(value)) return value.map((item) => storableJson(item, depthMax - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storableJson(item, depthMax - 1)]),
  );
}

/**
 * The path of the first string or key inside `input` that the database cannot hold, or null. Walks with its own stack,
 * so that deep input cannot exhaust the call stack; binary data is not looked into.
 */
export function findUnstorableText(input: unknown): string | null {
  const open: { value: unknown; path: string }[] = [{ value: input, path: "" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === "string" && !isStorableText(value)) return path;
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) continue;
    for (const [key, item] of Object.entries(value)) {
      if (!isStorableText(key)) return path;
      if (typeof item === "string" || (typeof item === "object" && item !== null))
        open.push({ value: item, path: path === "" ? key : `${path}.${key}` });
    }
  }
  return null;
}
