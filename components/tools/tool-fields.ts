type Schema = Readonly<Record<string, unknown>>;

/** One argument of a tool as a form field. `json` is the way out for everything that has no simple field. */
export interface ToolField {
  readonly name: string;
  readonly kind: "string" | "text" | "number" | "integer" | "boolean" | "enum" | "json";
  readonly label: string;
  readonly description: string | null;
  readonly isRequired: boolean;
  /** What the field starts with, as the form keeps it. */
  readonly initial: string;
  /** `enum` only: what may be chosen, as the form keeps it, with the value that is sent. */
  readonly choices: readonly { readonly text: string; readonly value: unknown }[];
  /** Bounds in words, e.g. `1 to 50`. */
  readonly hint: string | null;
}

/** Values of a form by field name, all as text: `true`, `false` or empty for a boolean. */
export type FieldValues = Readonly<Record<string, string>>;

export type ToolArguments =
  | { readonly arguments: Record<string, unknown>; readonly errors: null }
  | { readonly arguments: null; readonly errors: Readonly<Record<string, string>> };

/** Characters from which on a text gets several lines. */
const LONG_TEXT = 500;

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** The fields of a tool's input schema; required ones first, else in the schema's order. */
export function fieldsOf(inputSchema: Schema): ToolField[] {
  const properties = isSchema(inputSchema.properties) ? inputSchema.properties : {};
  const required = new Set(Array.isArray(inputSchema.required) ? inputSchema.required : []);
  const fields = Object.entries(properties).map(([name, property]) =>
    fieldOf(name, isSchema(property) ? property : {}, required.has(name)),
  );
  return [...fields.filter((field) => field.isRequired), ...fields.filter((field) => !field.isRequired)];
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): ToolField {
  const choices = choicesOf(schema);
  const kind = choices.length > 0 ? "enum" : kindOf(schema);
  return {
    name,
    kind,
    label: textOf(schema.title) ?? name,
    description: textOf(schema.description),
    isRequired,
    initial: schema.default === undefined ? "" : asText(schema.default, kind),
    choices,
    hint: hintOf(schema),
  };
}

/** The one type of a schema; `null` beside it only says that it may be left out. */
function typeOf(schema: Schema): string | null {
  const types = Array.isArray(schema.type) ? schema.type.filter((type) => type !== "null") : [schema.type];
  return types.length === 1 ? textOf(types[0]) : null;
}

function kindOf(schema: Schema): ToolField["kind"] {
  switch (typeOf(schema)) {
    case "string":
      return typeof schema.maxLength === "number" && schema.maxLength >= LONG_TEXT ? "text" : "string";
    case "number":
      return "number";
    case "integer":
      return "integer";
    case "boolean":
      return "boolean";
    default:
      return "json";
  }
}

function choicesOf(schema: Schema): ToolField["choices"] {
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const];
  return values.map((value: unknown) => ({
    text: typeof value === "string" ? value : JSON.stringify(value),
    value,
  }));
}

const asText = (value: unknown, kind: ToolField["kind"]): string =>
  typeof value === "string" && kind !== "json" ? value : JSON.stringify(value);

function hintOf(schema: Schema): string | null {
  const bounds = (least: unknown, most: unknown, unit: string): string | null => {
    const has = [typeof least === "number", typeof most === "number"];
    if (has[0] && has[1]) return `${least} to ${most}${unit}`;
    if (has[0]) return `at least ${least}${unit}`;
    return has[1] ? `at most ${most}${unit}` : null;
  };
  return (
    bounds(schema.minimum, schema.maximum, "") ??
    bounds(schema.minLength, schema.maxLength, " characters") ??
    bounds(schema.minItems, schema.maxItems, " items") ??
    textOf(schema.format)
  );
}

/** What the fields start with. */
export const initialValues = (fields: readonly ToolField[]): FieldValues =>
  Object.fromEntries(fields.map((field) => [field.name, field.initial]));

/**
 * The arguments that a filled form stands for, or what is wrong with it by field. Empty optional fields are left
 * out. Whether the arguments fit the schema in every detail is for the server to say.
 */
export function argumentsOf(fields: readonly ToolField[], values: FieldValues): ToolArguments {
  const errors: Record<string, string> = {};
  const entries: [string, unknown][] = [];
  for (const field of fields) {
    const text = values[field.name] ?? "";
    if (text === "" && field.kind !== "boolean" && !(field.isRequired && isText(field.kind))) {
      if (field.isRequired) errors[field.name] = "This argument is required.";
      continue;
    }
    const parsed = parseField(field, text);
    if (parsed === undefined) continue;
    if ("error" in parsed) errors[field.name] = parsed.error;
    else entries.push([field.name, parsed.value]);
  }
  if (Object.keys(errors).length > 0) return { arguments: null, errors };
  // Own properties only, so that an argument named __proto__ is an argument.
  return { arguments: Object.fromEntries(entries), errors: null };
}

const isText = (kind: ToolField["kind"]): boolean => kind === "string" || kind === "text";

function parseField(field: ToolField, text: string): { value: unknown } | { error: string } | undefined {
  switch (field.kind) {
    case "string":
    case "text":
      return { value: text };
    case "boolean":
      if (text === "") return field.isRequired ? { value: false } : undefined;
      return { value: text === "true" };
    case "enum": {
      const choice = field.choices.find((candidate) => candidate.text === text);
      return choice ? { value: choice.value } : { error: "Choose one of the listed values." };
    }
    case "number":
    case "integer": {
      const number = Number(text);
      if (text.trim() === "" || !Number.isFinite(number)) return { error: "This is not a number." };
      return field.kind === "integer" && !Number.isInteger(number)
        ? { error: "This must be a whole number." }
        : { value: number };
    }
    case "json":
      return parseJson(text);
  }
}

/** The value of JSON text, or where it is broken in the parser's own words. */
export function parseJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** An object of arguments from JSON text. */
export function parseArguments(text: string): ToolArguments {
  const parsed = parseJson(text.trim() === "" ? "{}" : text);
  if ("error" in parsed) return { arguments: null, errors: { "": parsed.error } };
  return isSchema(parsed.value)
    ? { arguments: { ...parsed.value }, errors: null }
    : { arguments: null, errors: { "": "The arguments must be a JSON object." } };
}
