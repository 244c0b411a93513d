import { usePathname, useSearchParams } from "next/navigation";

/** The address of this page with other values in it; null leaves a value out. */
export function useAddressWith(): (values: Record<string, string | number | null>) => string {
  const pathname = usePathname();
  const current = useSearchParams();
  return (values) => {
    const next = new URLSearchParams(current);
    for (const [name, value] of Object.entries(values)) {
      if (value === null) next.delete(name);
      else next.set(name, String(value));
    }
    return `${pathname}?${next}`;
  };
}
