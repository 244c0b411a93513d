import { formatCount } from "#components/ui/numbers.ts";

/** The last line of a list that shows its first rows only. */
export function ShowAllButton({ count, onClick }: { count: number; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="h-9 w-full border-t text-muted text-xs hover:bg-raised/60 hover:text-fg focus-visible:-outline-offset-2"
    >
      Show all {formatCount(count)}
    </button>
  );
}
