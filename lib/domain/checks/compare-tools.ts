import type { Tool, ToolDrift } from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { type Effort, isContained, isSchema, propertiesOf } from "./schema-containment.ts";

export type ToolChanges = Pick<ToolDrift, "added" | "removed" | "changed">;

const FIELDS = ["title", "description", "inputSchema", "outputSchema", "annotations"] as const;
/** As deep as a schema is searched for properties that vanished. */
const DEPTH_MAX = 32;
/** Of all schemas of one comparison together: far above what real tools need, and a second or two of work. */
const EFFORT_MAX = 500_000;

/**
 * What changed between two lists of tools, by name. A change is `breaking` when a caller that knows the tools of before
 * may fail now: arguments that were allowed are refused or mean nothing any more (a removed property, a new required
 * one, a narrower type or enum …), or a result may be one that was not allowed. A removed tool always breaks its
 * callers. New tools, optional arguments and result fields break nobody.
 */
export function compareTools(before: readonly Tool[], after: readonly Tool[]): ToolChanges {
  const known = new Map(before.map((tool) => [tool.name, tool]));
  const present = new Map(after.map((tool) => [tool.name, tool]));
  const effort: Effort = { left: EFFORT_MAX };
  const changed = [...present.values()].flatMap((tool) => {
    const earlier = known.get(tool.name);
    if (!earlier) return [];
    const fields = FIELDS.filter((field) => canonicalJson(earlier[field]) !== canonicalJson(tool[field]));
    return fields.length === 0
      ? []
      : [{ name: tool.name, fields: [...fields], breaking: isBreaking(earlier, tool, effort) }];
  });
  const byName = (a: string, b: string) => (a < b ? -1 : 1);
  return {
    added: [...present.keys()].filter((name) => !known.has(name)).sort(byName),
    removed: [...known.keys()].filter((name) => !present.has(name)).sort(byName),
    changed: changed.sort((a, b) => byName(a.name, b.name)),
  };
}

const isBreaking = (before: Tool, after: Tool, effort: Effort): boolean =>
  breaksCallers(before.inputSchema, after.inputSchema, effort) ||
  breaksReaders(before.outputSchema, after.outputSchema, effort);

/** Whether arguments that fit `before` may not fit `after`, or no longer reach the tool. */
const breaksCallers = (before: unknown, after: unknown, effort: Effort): boolean =>
  canonicalJson(before) !== canonicalJson(after) &&
  (!isContained(before, after, { newPropertiesAllowed: false, effort }) || losesProperty(before, after, 0));

/** Whether a result that fits `after` may not fit `before`, or lacks what readers looked for. */
function breaksReaders(before: unknown, after: unknown, effort: Effort): boolean {
  if (before === null || canonicalJson(before) === canonicalJson(after)) return false;
  if (after === null) return true;
  return (
    !isContained(after, before, { newPropertiesAllowed: true, effort }) || losesProperty(before, after, 0)
  );
}

/** Whether a property that `before` names is not named by `after`, at any depth of plain objects and lists. */
function losesProperty(before: unknown, after: unknown, depth: number): boolean {
  if (!isSchema(before) || !isSchema(after) || depth > DEPTH_MAX) return false;
  const present = propertiesOf(after);
  return (
    Object.entries(propertiesOf(before)).some(
      ([name, schema]) => !Object.hasOwn(present, name) || losesProperty(schema, present[name], depth + 1),
    ) || losesProperty(before.items, after.items, depth + 1)
  );
}
