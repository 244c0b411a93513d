import { usePathname, useSearchParams } from "next/navigation";

/** The address of this page with another value in it. */
export function useAddressWith(): (name: string, value: string) => string {
  const pathname = usePathname();
  const current = useSearchParams();
  return (name, value) => {
    const next = new URLSearchParams(current);
    next.set(name, value);
    return `${pathname}?${next}`;
  };
}

/** The address of this page with another request open. */
export function useRequestHref(): (requestId: string) => string {
  const addressWith = useAddressWith();
  return (requestId) => addressWith("request", requestId);
}
