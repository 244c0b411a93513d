import { canonicalJson } from "#lib/kernel/canonical-json.ts";

/**
 * Whether every value that one JSON Schema allows is allowed by another. Callers are taken to send only properties that
 * their schema names, and the options of a `oneOf` not to overlap. Where that cannot be told, the answer is no: a
 * warning too many is better than a break that nobody mentions.
 */
export interface Containment {
  /** Properties that the outer schema does not name are no offence, even where it is closed: readers skip them. */
  newPropertiesAllowed: boolean;
  /** What may still be spent on looking; used up, the answer is no. Hostile schemas refer to themselves without end. */
  effort: Effort;
}

/** About one for each keyword, property and listed value that is looked at. */
export interface Effort {
  left: number;
}

type Schema = Readonly<Record<string, unknown>>;
type Look = (inner: unknown, outer: unknown) => boolean;

const DEPTH_MAX = 128;
/** Says nothing about which values are allowed. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ..."$schema $id $comment $defs definitions title description default examples".split(" "),
  ..."deprecated readOnly writeOnly".split(" "),
]);
const HANDLED: ReadonlySet<string> = new Set([
  ..."type enum const properties required additionalProperties items anyOf oneOf allOf".split(" "),
  ..."minimum exclusiveMinimum maximum exclusiveMaximum".split(" "),
  ..."minLength maxLength minItems maxItems minProperties maxProperties".split(" "),
]);

export const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const own = (schema: Schema, key: string): unknown => (Object.hasOwn(schema, key) ? schema[key] : undefined);
const listOf = (value: unknown): readonly unknown[] | null => (Array.isArray(value) ? value : null);
export const propertiesOf = (schema: Schema): Schema => {
  const properties = own(schema, "properties");
  return isSchema(properties) ? properties : {};
};

/** `inner ⊆ outer`; references are looked up in the document that they stand in. */
export function isContained(inner: unknown, outer: unknown, options: Containment): boolean {
  const { effort } = options;
  let depth = 0;
  // A pair that is being looked at is taken to hold: what refers to itself fails only where it differs.
  const open = new Map<unknown, Set<unknown>>();
  const look: Look = (one, other) => {
    const a = resolved(one, inner);
    const b = resolved(other, outer);
    if (a === undefined || b === undefined) return false;
    const partners = open.get(a) ?? new Set();
    if (isSchema(a) && partners.has(b)) return true;
    effort.left -= sizeOf(a) + sizeOf(b);
    if (effort.left < 0 || depth >= DEPTH_MAX) return false;
    open.set(a, partners.add(b));
    depth += 1;
    const isWithin = contained(a, b, options, look);
    depth -= 1;
    partners.delete(b);
    return isWithin;
  };
  return look(inner, outer);
}

/** What a local reference names; undefined when it names nothing here. */
function resolved(schema: unknown, root: unknown): unknown {
  let at = schema;
  for (let hops = 0; hops < 16; hops += 1) {
    if (!isSchema(at)) return at;
    const { $ref: reference, ...rest } = at;
    if (reference === undefined) return at;
    if (Object.keys(rest).some((key) => !ANNOTATIONS.has(key))) return { allOf: [{ $ref: reference }, rest] };
    if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
    at = reference
      .slice(1)
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>((value, key) => (isSchema(value) ? own(value, key) : undefined), root);
  }
  return undefined;
}

function contained(inner: unknown, outer: unknown, options: Containment, look: Look): boolean {
  if (outer === true || inner === false) return true;
  if (outer === false || !isSchema(outer)) return false;
  const a = inner === true ? {} : inner;
  if (!isSchema(a)) return false;
  const { allOf: demands, ...simple } = outer;
  if (Array.isArray(demands)) return look(a, simple) && demands.every((one) => look(a, one));
  const choices = alternatives(a);
  if (choices !== null) {
    const { anyOf: _any, oneOf: _one, ...rest } = a;
    return (
      (Object.keys(rest).length > 0 && look(rest, outer)) ||
      choices.every((one) => look(both(rest, one), outer))
    );
  }
  const { anyOf, oneOf, ...plain } = outer;
  if (anyOf !== undefined || oneOf !== undefined)
    return (
      look(a, plain) && [anyOf, oneOf].every((list) => listOf(list)?.some((one) => look(a, one)) ?? true)
    );
  const all = listOf(own(a, "allOf"));
  if (all !== null) {
    const { allOf: _all, ...rest } = a;
    return look(rest, outer) || all.some((one) => look(one, outer));
  }
  return (
    valuesContained(a, outer) &&
    boundsContained(a, outer) &&
    objectContained(a, outer, options, look) &&
    itemsContained(a, outer, look) &&
    restIsSame(a, outer, options.effort)
  );
}

/** How much there is to look at on one level. */
function sizeOf(schema: unknown): number {
  if (!isSchema(schema)) return 1;
  const lists = [schema.required, schema.enum, schema.type].map((list) => listOf(list)?.length ?? 0);
  return lists.reduce((sum, length) => sum + length, 1 + Object.keys(propertiesOf(schema)).length);
}

/** What both demand, or a schema that allows more than that. */
function both(rest: Schema, option: unknown): unknown {
  if (!isSchema(option)) return option === true ? rest : option;
  const properties = { ...propertiesOf(rest), ...propertiesOf(option) };
  const required = [rest, option].flatMap((schema) => listOf(own(schema, "required")) ?? []);
  return {
    ...rest,
    ...option,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

const alternatives = (schema: Schema): readonly unknown[] | null =>
  listOf(own(schema, "anyOf")) ?? listOf(own(schema, "oneOf"));

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};
function enumOf(schema: Schema): readonly unknown[] | null {
  if (Object.hasOwn(schema, "const")) return [schema.const];
  return listOf(own(schema, "enum"));
}
function typesOf(schema: Schema): readonly unknown[] | null {
  const type = own(schema, "type");
  if (type !== undefined) return listOf(type) ?? [type];
  const values = enumOf(schema);
  return values === null ? null : values.map(typeOf);
}

/** Types and listed values. */
function valuesContained(inner: Schema, outer: Schema): boolean {
  const allowed = own(outer, "type") === undefined ? null : typesOf(outer);
  const types = typesOf(inner);
  if (
    allowed !== null &&
    !types?.every((type) => allowed.includes(type) || (type === "integer" && allowed.includes("number")))
  )
    return false;
  const outerValues = enumOf(outer);
  if (outerValues === null) return true;
  const known = new Set(outerValues.map(canonicalJson));
  const values = enumOf(inner) ?? (types?.every((type) => type === "null") ? [null] : null);
  return values?.every((value) => known.has(canonicalJson(value))) ?? false;
}

const LOWER = ["minLength", "minItems", "minProperties"];
const UPPER = ["maxLength", "maxItems", "maxProperties"];
const numberAt = (schema: Schema, key: string): number | null => {
  const value = own(schema, key);
  return typeof value === "number" ? value : null;
};

function boundsContained(inner: Schema, outer: Schema): boolean {
  const atLeast = (key: string) =>
    numberAt(outer, key) === null || (numberAt(inner, key) ?? 0) >= (numberAt(outer, key) ?? 0);
  const atMost = (key: string) =>
    numberAt(outer, key) === null ||
    (numberAt(inner, key) ?? Number.POSITIVE_INFINITY) <= (numberAt(outer, key) ?? 0);
  return (
    LOWER.every(atLeast) &&
    UPPER.every(atMost) &&
    rangeContained(inner, outer, 1) &&
    rangeContained(inner, outer, -1)
  );
}

/** Lower bounds with `sign` 1, upper ones with −1: the inner bound must be at least as strict. */
function rangeContained(inner: Schema, outer: Schema, sign: 1 | -1): boolean {
  const [closedKey, openKey] =
    sign === 1 ? (["minimum", "exclusiveMinimum"] as const) : (["maximum", "exclusiveMaximum"] as const);
  const bound = (schema: Schema, key: string) => {
    const value = numberAt(schema, key);
    return value === null ? Number.NEGATIVE_INFINITY : sign * value;
  };
  const closed = bound(outer, closedKey);
  const open = bound(outer, openKey);
  const innerClosed = bound(inner, closedKey);
  const innerOpen = bound(inner, openKey);
  return Math.max(innerClosed, innerOpen) >= closed && (innerOpen >= open || innerClosed > open);
}

function objectContained(inner: Schema, outer: Schema, options: Containment, look: Look): boolean {
  const given = propertiesOf(inner);
  const known = propertiesOf(outer);
  const rest = own(inner, "additionalProperties");
  const restKnown = own(outer, "additionalProperties");
  const mayHoldMore = rest !== undefined && rest !== false;
  const required = listOf(own(outer, "required")) ?? [];
  const always = new Set(listOf(own(inner, "required")) ?? []);
  if (!required.every((name) => always.has(name))) return false;
  for (const [name, schema] of Object.entries(known)) {
    if (Object.hasOwn(given, name) ? !look(given[name], schema) : isSchema(rest) && !look(rest, schema))
      return false;
  }
  if (restKnown === undefined || restKnown === true) return true;
  if (mayHoldMore && !look(rest, restKnown)) return false;
  if (options.newPropertiesAllowed) return true;
  return Object.entries(given).every(
    ([name, schema]) => Object.hasOwn(known, name) || look(schema, restKnown),
  );
}

function itemsContained(inner: Schema, outer: Schema, look: Look): boolean {
  const wanted = own(outer, "items");
  if (wanted === undefined) return true;
  if (numberAt(inner, "maxItems") === 0) return true;
  const types = typesOf(inner);
  if (types !== null && !types.includes("array")) return true;
  return look(own(inner, "items") ?? true, wanted);
}

/** Characters of JSON that are compared for one unit of effort. */
const CHARACTERS_PER_EFFORT = 64;

/** Whatever else the outer schema demands, the inner one must demand word for word. */
const restIsSame = (inner: Schema, outer: Schema, effort: Effort): boolean =>
  Object.keys(outer).every((key) => {
    if (ANNOTATIONS.has(key) || HANDLED.has(key)) return true;
    if (!Object.hasOwn(inner, key)) return false;
    const text = canonicalJson(outer[key]);
    effort.left -= text.length / CHARACTERS_PER_EFFORT;
    return text === canonicalJson(inner[key]);
  });
