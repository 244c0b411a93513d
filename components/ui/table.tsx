import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

/** A plain table that scrolls sideways inside its own box, never the page: not by hidden words in its header either. */
export function Table({ className, label, ...props }: ComponentProps<"table"> & { label: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative overflow-x-auto focus-visible:-outline-offset-2"
    >
      <table className={cn("w-full border-collapse text-left", className)} aria-label={label} {...props} />
    </section>
  );
}
export function TableHead({ className, ...props }: ComponentProps<"thead">) {
  return <thead className={cn("text-xs", className)} {...props} />;
}
export function TableBody({ className, ...props }: ComponentProps<"tbody">) {
  return <tbody className={className} {...props} />;
}
export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return (
    <tr className={cn("border-t first:border-t-0 [tbody>&:first-child]:border-t", className)} {...props} />
  );
}
export function TableHeader({ className, numeric, ...props }: ComponentProps<"th"> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      className={cn(
        "h-8.5 whitespace-nowrap px-3 font-normal text-faint text-xs first:pl-4 last:pr-4",
        numeric && "text-right",
        className,
      )}
      {...props}
    />
  );
}
export function TableCell({ className, numeric, ...props }: ComponentProps<"td"> & { numeric?: boolean }) {
  return (
    <td
      className={cn(
        "h-9.5 whitespace-nowrap px-3 py-1.5 first:pl-4 last:pr-4",
        numeric && "text-right",
        className,
      )}
      {...props}
    />
  );
}
