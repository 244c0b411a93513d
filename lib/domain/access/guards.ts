import type { z } from "zod";
import type { Scope } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { Ctx } from "./context.ts";
import { findUnstorableText } from "./storable-text.ts";

/** Throws `forbidden` unless the actor holds `scope` in the organization of the context. */
export function requireScope(ctx: Pick<Ctx, "scopes">, scope: Scope): void {
  if (!ctx.scopes.has(scope)) {
    throw new DomainError(
      "forbidden",
      `This needs the scope ${scope}. Ask an owner for a role or a token that has it.`,
      {
        details: { requiredScope: scope },
      },
    );
  }
}

/** Longest path that an error repeats; hostile input can be nested without end. */
const PATH_CHARACTERS_MAX = 200;

/**
 * `input` as `schema` sees it; throws `invalid_input` with one field error per issue, and for text that no database
 * column can hold.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const unstorable = findUnstorableText(input)?.slice(0, PATH_CHARACTERS_MAX);
  if (unstorable !== undefined) {
    const message = "Text may not contain NUL characters or unpaired surrogates.";
    throw new DomainError("invalid_input", `The input is not valid. ${unstorable}: ${message}`, {
      errors: [{ path: unstorable, code: "invalid_text", message }],
    });
  }
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    path: issue.path.join("."),
    code: issue.code ?? "invalid",
    message: issue.message,
  }));
  const first = errors[0];
  const where = first?.path ? `${first.path}: ` : "";
  throw new DomainError("invalid_input", `The input is not valid. ${where}${first?.message ?? ""}`.trim(), {
    errors,
  });
}
