import type { HttpMethod, Route } from "./define-route.ts";

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}
export type RouteLookup =
  | { readonly found: "route"; readonly match: RouteMatch }
  | { readonly found: "path"; readonly allow: readonly string[] }
  | { readonly found: "nothing" };

interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | null;
  readonly routes: Map<HttpMethod, Route>;
}
const createNode = (): Node => ({ literals: new Map(), parameter: null, routes: new Map() });
const PARAMETER = /^\{([A-Za-z]+)\}$/;
/** Longer than any id, slug, tool name or version, short enough to read nothing silly. */
const SEGMENT_CHARACTERS_MAX = 300;

/**
 * Finds the route of a path. A literal segment wins over a parameter. Throws at build time when two routes share
 * method and path, or when an operation id is used twice.
 */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => RouteLookup {
  const root = createNode();
  const operationIds = new Set<string>();
  for (const route of routes) {
    if (operationIds.has(route.operationId))
      throw new Error(`operation ${route.operationId} is defined twice`);
    operationIds.add(route.operationId);
    let node = root;
    for (const segment of segmentsOf(route.path)) node = childFor(node, segment);
    if (node.routes.has(route.method)) throw new Error(`${route.method} ${route.path} is defined twice`);
    node.routes.set(route.method, route);
  }
  return (method, path) => {
    const values = decodeSegments(path);
    const node = values === null ? null : find(root, values, 0);
    if (values === null || node === null) return { found: "nothing" };
    const wanted = method === "HEAD" ? "GET" : method;
    const route = node.routes.get(wanted as HttpMethod);
    if (route === undefined) return { found: "path", allow: allowOf(node) };
    return { found: "route", match: { route, params: paramsOf(route, values) } };
  };
}

const segmentsOf = (path: string): string[] => path.split("/").slice(1);

function childFor(node: Node, segment: string): Node {
  if (PARAMETER.test(segment)) {
    node.parameter ??= createNode();
    return node.parameter;
  }
  const child = node.literals.get(segment) ?? createNode();
  node.literals.set(segment, child);
  return child;
}

function find(node: Node, values: readonly string[], depth: number): Node | null {
  const value = values[depth];
  if (value === undefined) return node.routes.size > 0 ? node : null;
  const literal = node.literals.get(value);
  const found = literal === undefined ? null : find(literal, values, depth + 1);
  if (found !== null || node.parameter === null) return found;
  return find(node.parameter, values, depth + 1);
}

function decodeSegments(path: string): string[] | null {
  const values: string[] = [];
  for (const segment of segmentsOf(path)) {
    const value = decodeSegment(segment);
    if (value === null) return null;
    values.push(value);
  }
  return values;
}

function decodeSegment(segment: string): string | null {
  if (segment === "" || segment.length > SEGMENT_CHARACTERS_MAX) return null;
  try {
    const value = decodeURIComponent(segment);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters name nothing here, and Postgres refuses NUL
    return /[\u0000-\u001f\u007f]/.test(value) ? null : value;
  } catch {
    // Not valid percent-encoding: no route has such a name.
    return null;
  }
}

function paramsOf(route: Route, values: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  segmentsOf(route.path).forEach((segment, index) => {
    const name = PARAMETER.exec(segment)?.[1];
    if (name !== undefined) params[name] = values[index] ?? "";
  });
  return params;
}

function allowOf(node: Node): string[] {
  const methods = new Set<string>(node.routes.keys());
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}
