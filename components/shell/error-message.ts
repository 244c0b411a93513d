import { ApiError } from "#lib/client/api-error.ts";

/** What to tell a person about a failed action: the server's sentence, and the request id to find it by. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) {
    return error.requestId && error.status >= 500 ? `${error.message} (${error.requestId})` : error.message;
  }
  return error instanceof Error ? error.message : "Something unexpected went wrong.";
}
