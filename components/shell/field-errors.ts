import { ApiError } from "#lib/client/api-error.ts";

/** What is wrong with the field `name`, or with a part of it such as `scopes.2`; null when nothing is. */
export function errorOfField(error: Error | null, name: string): string | null {
  if (!(error instanceof ApiError)) return null;
  const found = error.errors.find(({ path }) => path === name || path.startsWith(`${name}.`));
  return found?.message ?? null;
}

/** True when the error belongs to one of `names`, and is shown there. */
export const isFieldError = (error: Error | null, names: readonly string[]): boolean =>
  names.some((name) => errorOfField(error, name) !== null);
