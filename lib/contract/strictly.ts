import { z } from "zod";

type Schema = z.core.$ZodType;

/**
 * The same schema, refusing fields that it does not name, at any depth: what a caller misspelled must not be ignored. Objects
 * that say themselves what else they take, and records, stay as they are.
 */
export function strictly<Given extends z.ZodType>(schema: Given): Given {
  return rebuilt(schema) as unknown as Given;
}

function rebuilt(schema: Schema): Schema {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case "object": {
      const shape = Object.fromEntries(
        Object.entries(def.shape).map(([name, field]) => [name, rebuilt(field)]),
      );
      return withDef(schema, { ...def, shape, catchall: def.catchall ?? z.never() });
    }
    case "array":
      return withDef(schema, { ...def, element: rebuilt(def.element) });
    case "record":
      return withDef(schema, { ...def, valueType: rebuilt(def.valueType) });
    case "union":
      return withDef(schema, { ...def, options: def.options.map(rebuilt) });
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "readonly":
      return withDef(schema, { ...def, innerType: rebuilt(def.innerType) });
    case "pipe":
      return withDef(schema, { ...def, in: rebuilt(def.in) });
    default:
      return schema;
  }
}

const withDef = <Def extends Schema["_zod"]["def"]>(schema: Schema, def: Def): Schema =>
  z.core.clone(schema, def);
