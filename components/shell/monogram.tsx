import { cn } from "#components/ui/class-names.ts";

/** The first letters of a name, in a small square or circle. */
export function Monogram({
  name,
  round = false,
  className,
}: {
  name: string;
  round?: boolean;
  className?: string;
}) {
  const letters = name
    .split(/[\s._@-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? "")
    .join("");
  return (
    <span
      aria-hidden="true"
      className={cn(
        "grid size-6 shrink-0 place-items-center font-semibold text-2xs leading-none",
        round ? "rounded-full bg-raised text-muted" : "rounded-md bg-accent text-bg",
        className,
      )}
    >
      {letters}
    </span>
  );
}
