export { HOP_BY_HOP } from "#lib/kernel/hop-by-hop.ts";

const NONE: ReadonlySet<string> = new Set();

/** The headers, in lower case, that the value of a `Connection` header declares to belong to its hop as well. */
export function namedByConnection(value: string | undefined): ReadonlySet<string> {
  // What nearly every request says: on the request path, so without taking it apart.
  if (value === undefined || value === "keep-alive" || value === "close") return NONE;
  return new Set(
    value
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
}
