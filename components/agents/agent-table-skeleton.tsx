import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { AGENT_COLUMNS, shownFrom } from "./agent-columns.ts";

const ROWS = ["a", "b", "c"];

/** The table's shape while it loads. */
export function AgentTableSkeleton() {
  return (
    <Table label="Agents are loading" aria-busy="true">
      <TableHead>
        <TableRow>
          {AGENT_COLUMNS.map((column) => (
            <TableHeader key={column.sort} numeric={column.numeric === true} className={shownFrom(column)}>
              {column.label}
            </TableHeader>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {ROWS.map((row) => (
          <TableRow key={row}>
            {AGENT_COLUMNS.map((column, index) => (
              <TableCell key={column.sort} numeric={column.numeric === true} className={shownFrom(column)}>
                {index === 0 ? (
                  <span className="grid h-9 content-center gap-1.5">
                    <Skeleton className="h-3.5 w-36" />
                    <Skeleton className="h-3 w-44" />
                  </span>
                ) : (
                  <Skeleton className={column.numeric ? "w-10" : "w-24"} />
                )}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
