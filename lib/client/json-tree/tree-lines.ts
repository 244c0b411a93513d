import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { type JsonNode, jsonInString, memberCount, memberPath, membersOf } from "./json-node.ts";

/**
 * `source` shows every value as it was written. `reading` shows texts without quotes and escapes, and opens JSON that a
 * text holds like the rest.
 */
export type TreeLook = "source" | "reading";

/** What is open, by the id of its line: how many members of a value are shown, or characters of a text. */
export type OpenLines = ReadonlyMap<string, number>;

/** Where a value stands in the tree. */
interface Place {
  /** The places of the members on the way to it: a key may come twice, a place may not. */
  readonly id: string;
  /** The same for people, in JSONPath notation; ` > $` leads into the JSON that a text holds. */
  readonly path: string;
  /** Id of the value it is a member of. */
  readonly parent: string | null;
  readonly key: string | number | null;
  readonly node: JsonNode;
  /** From 1, as assistive technology counts. */
  readonly level: number;
}

/** One visible line of the tree. */
export interface TreeLine extends Place {
  /** The value whose members stand below: the value itself, or the JSON in it when it is a text. */
  readonly branch: JsonNode | null;
  /** Members of a branch. */
  readonly count: number;
  /** What is shown of a value without members. */
  readonly text: string;
  readonly canOpen: boolean;
  readonly isOpen: boolean;
  /** Members, or characters, that are not shown yet. */
  readonly hidden: number;
}

const ROOT = "0";

/** The upper `levels` opened, as far as the lines that may be open at first reach. */
export function firstOpen(root: JsonNode, look: TreeLook, levels: number): OpenLines {
  const open = new Map<string, number>();
  let lines = 1;
  let places = [rootPlace(root)];
  for (let level = 1; level <= levels; level++) {
    const next: Place[] = [];
    for (const place of places) {
      const branch = branchOf(place, look);
      const below = branch === null ? [] : placesBelow(place, branch, viewerLimits.jsonTreeChildrenStep);
      if (below.length === 0 || lines + below.length > viewerLimits.jsonTreeFirstLinesMax) continue;
      lines += below.length;
      open.set(place.id, viewerLimits.jsonTreeChildrenStep);
      next.push(...below);
    }
    places = next;
  }
  return open;
}

/** The lines that are visible, from top to bottom. */
export const treeLines = (root: JsonNode, look: TreeLook, open: OpenLines): TreeLine[] =>
  linesFrom(rootPlace(root), look, open);

/** `open` with the line opened, or one step further when it is open already. */
export function withMore(open: OpenLines, { id, branch }: TreeLine): OpenLines {
  const step = branch === null ? viewerLimits.jsonTreeTextStep : viewerLimits.jsonTreeChildrenStep;
  return new Map(open).set(id, (open.get(id) ?? 0) + step);
}

/** `open` with the line closed. */
export function withClosed(open: OpenLines, { id }: TreeLine): OpenLines {
  const next = new Map(open);
  next.delete(id);
  return next;
}

const rootPlace = (node: JsonNode): Place => ({
  id: ROOT,
  path: "$",
  parent: null,
  key: null,
  node,
  level: 1,
});

/** Depth is bounded by what counts as JSON, texts in texts included. */
function linesFrom(place: Place, look: TreeLook, open: OpenLines): TreeLine[] {
  const branch = branchOf(place, look);
  if (branch === null) return [leafLine(place, look, open)];
  const count = memberCount(branch);
  const canOpen = count > 0;
  const shown = canOpen ? open.get(place.id) : undefined;
  const below = shown === undefined ? [] : placesBelow(place, branch, shown);
  const isOpen = shown !== undefined;
  const hidden = isOpen ? count - below.length : 0;
  return [
    { ...place, branch, count, text: "", canOpen, isOpen, hidden },
    ...below.flatMap((member) => linesFrom(member, look, open)),
  ];
}

function leafLine(place: Place, look: TreeLook, open: OpenLines): TreeLine {
  const whole = textOf(place.node, look);
  const canOpen = whole.length > viewerLimits.jsonTreeTextCharacters;
  const shown = open.get(place.id);
  const text = firstCharacters(whole, shown ?? viewerLimits.jsonTreeTextCharacters);
  const isOpen = canOpen && shown !== undefined;
  return { ...place, branch: null, count: 0, text, canOpen, isOpen, hidden: whole.length - text.length };
}

function branchOf({ node, level }: Place, look: TreeLook): JsonNode | null {
  if (node.kind === "object" || node.kind === "array") return node;
  return look === "reading" ? jsonInString(node, viewerLimits.jsonTreeDepthMax - level) : null;
}

function placesBelow(place: Place, branch: JsonNode, max: number): Place[] {
  const path = branch === place.node ? place.path : `${place.path} > $`;
  return membersOf(branch, max).map(({ key, node }, index) => ({
    id: `${place.id}/${index}`,
    path: memberPath(path, key),
    parent: place.id,
    key,
    node,
    level: place.level + 1,
  }));
}

const textOf = ({ kind, source }: JsonNode, look: TreeLook): string =>
  kind === "string" && look === "reading" ? String(JSON.parse(source)) : source;

/** At most `max` UTF-16 units; no character is cut in two. */
function firstCharacters(text: string, max: number): string {
  if (text.length <= max) return text;
  return text.slice(0, /[\ud800-\udbff]/.test(text[max - 1] ?? "") ? max - 1 : max);
}
