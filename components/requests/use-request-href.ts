import { usePathname, useSearchParams } from "next/navigation";

/** The address of this page with another request open. */
export function useRequestHref(): (requestId: string) => string {
  const pathname = usePathname();
  const current = useSearchParams();
  return (requestId) => {
    const next = new URLSearchParams(current);
    next.set("request", requestId);
    return `${pathname}?${next}`;
  };
}
