import type { InferDataFromTag, QueryClient, QueryKey } from "@tanstack/react-query";
import { getSystem } from "#lib/http/system.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/**
 * Reads on the server what the browser would fetch, under the same key. A failure is not passed on: the browser then
 * asks by itself and shows its answer, so that one failing part does not take the page with it.
 */
export async function prefetch<const Key extends QueryKey>(
  client: QueryClient,
  options: { queryKey: Key },
  read: () => Promise<InferDataFromTag<unknown, Key>>,
): Promise<void> {
  try {
    client.setQueryData<unknown>(options.queryKey, await read());
  } catch (error) {
    if (error instanceof DomainError && error.code !== "internal") return;
    getSystem().log.error(
      { err: error, queryKey: options.queryKey },
      "a page could not be prepared on the server",
    );
  }
}
