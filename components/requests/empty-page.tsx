import { Filter, History } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** A page number behind the end. `rows`: what the window holds, e.g. `requests`. */
export function NoSuchPage({ rows, onFirst }: { rows: string; onFirst: () => void }) {
  return (
    <EmptyState
      icon={History}
      title="There is no such page"
      action={<Button onClick={onFirst}>First page</Button>}
    >
      The window holds fewer {rows} than that.
    </EmptyState>
  );
}

/** Filters that nothing passes. `row`: what was looked for, e.g. `request`. */
export function NoMatch({ row, onReset }: { row: string; onReset: () => void }) {
  return (
    <EmptyState
      icon={Filter}
      title={`No ${row} matches`}
      action={<Button onClick={onReset}>Reset the filters</Button>}
    >
      In this window no {row} has all that was asked for.
    </EmptyState>
  );
}
