import { ApiError } from "#lib/client/api-error.ts";
import { messageOf } from "./error-message.ts";

/** What is wrong with the field `name`, or with a part of it such as `scopes.2`; null when nothing is. */
export function errorOfField(error: unknown, name: string): string | null {
  if (!(error instanceof ApiError)) return null;
  const found = error.errors.find(({ path }) => path === name || path.startsWith(`${name}.`));
  return found?.message ?? null;
}

/** True when the error belongs to one of `names`, and is shown there. */
export const isFieldError = (error: unknown, names: readonly string[]): boolean =>
  names.some((name) => errorOfField(error, name) !== null);

/** What to say of a refused form as a whole; null when nothing was refused, or a field in `shownAt` says it. */
export const errorOfForm = (error: unknown, shownAt: readonly string[] = []): string | null =>
  error === null || isFieldError(error, shownAt) ? null : messageOf(error);
