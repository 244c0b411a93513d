import type { z } from "zod";
import type { Scope } from "#lib/contract/index.ts";
import { issueText } from "#lib/contract/issue-text.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
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
  const result = schema.safeParse(input, { error: issueText });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(fieldErrorsOf).slice(0, limits.http.fieldErrorsMax);
  const first = errors[0];
  const where = first?.path ? `${first.path}: ` : "";
  throw new DomainError("invalid_input", `The input is not valid. ${where}${first?.message ?? ""}`.trim(), {
    errors,
  });
}

/** Unknown fields are named by their own path, as is everything else. */
function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const { code, message } = issue;
  const paths = code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map((path) => ({ path: path.join(".").slice(0, PATH_CHARACTERS_MAX), code, message }));
}
