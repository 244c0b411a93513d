import type { z } from "zod";
import { parseInput } from "#lib/domain/access/index.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";

/** The parsed query. Throws `invalid_input` naming every parameter that is unknown, repeated or wrong. */
export function readQuery(schema: z.ZodObject | undefined, search: URLSearchParams): Record<string, unknown> {
  const known = new Set(Object.keys(schema?.shape ?? {}));
  const errors: FieldError[] = [];
  const values: Record<string, string> = {};
  for (const name of new Set(search.keys())) {
    const [first = "", ...rest] = search.getAll(name);
    if (!known.has(name)) {
      errors.push({ path: name, code: "unknown_parameter", message: unknownMessage(name, known) });
    } else if (rest.length > 0) {
      errors.push({ path: name, code: "repeated_parameter", message: `${name} is given more than once.` });
    } else if (first.includes("\0")) {
      errors.push({ path: name, code: "invalid_character", message: `${name} holds a NUL character.` });
    } else {
      values[name] = first;
    }
  }
  if (errors.length > 0) {
    throw new DomainError("invalid_input", `The query is not valid. ${errors[0]?.message ?? ""}`, { errors });
  }
  return schema === undefined ? {} : parseInput(schema, values);
}

function unknownMessage(name: string, known: ReadonlySet<string>): string {
  const shown = JSON.stringify(name.slice(0, 60));
  if (known.size === 0) return `There is no parameter ${shown}; this takes none.`;
  return `There is no parameter ${shown}; there are ${[...known].join(", ")}.`;
}
