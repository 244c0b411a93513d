import { useAddressWith } from "#components/shell/use-address-with.ts";

/** The address of this page with another request open. */
export function useRequestHref(): (requestId: string) => string {
  const addressWith = useAddressWith();
  return (request) => addressWith({ request });
}
