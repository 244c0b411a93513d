import { defaultShouldDehydrateQuery, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api-error.ts";

const STALE_MS = 5_000;
const RETRIES_MAX = 2;

/** Whether trying again may help; a refusal stays a refusal. */
const mayRetry = (failures: number, error: Error): boolean =>
  failures < RETRIES_MAX && error instanceof ApiError && error.retryable && error.status !== 429;

/** One cache per browser, one per server render. `onSignedOut` is told when the session has ended. */
export function makeQueryClient(onSignedOut: () => void = () => {}): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: { staleTime: STALE_MS, retry: mayRetry, refetchOnWindowFocus: true },
      dehydrate: {
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) && query.state.data !== undefined,
      },
    },
  });
}
