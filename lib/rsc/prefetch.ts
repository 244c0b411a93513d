import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { getSystem } from "#lib/http/system.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/**
 * Reads on the server what the browser would fetch, under the same key. A failure is not passed on: the browser then
 * asks by itself and shows its answer, so that one failing part does not take the page with it.
 */
export async function prefetch<Value>(
  client: QueryClient,
  options: { queryKey: QueryKey & { [key: symbol]: unknown } },
  read: () => Promise<Value>,
): Promise<void> {
  try {
    client.setQueryData(options.queryKey, await read());
  } catch (error) {
    if (error instanceof DomainError && error.code !== "internal") return;
    getSystem().log.error(
      { err: error, queryKey: options.queryKey },
      "a page could not be prepared on the server",
    );
  }
}
