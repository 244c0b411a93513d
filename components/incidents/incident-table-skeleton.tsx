import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableRow } from "#components/ui/table.tsx";
import { INCIDENT_COLUMNS } from "./incident-columns.ts";
import { IncidentTableHead } from "./incident-table.tsx";

const ROWS = ["a", "b", "c"];

/** The table's shape while it loads. */
export function IncidentTableSkeleton() {
  return (
    <Table label="Incidents are loading" aria-busy="true">
      <IncidentTableHead />
      <TableBody>
        {ROWS.map((row) => (
          <TableRow key={row}>
            {INCIDENT_COLUMNS.map((column, index) => (
              <TableCell key={column.id} numeric={column.numeric === true} className={column.className}>
                {index === 0 ? (
                  <span className="grid h-9 w-full content-center gap-1.5">
                    <Skeleton className="h-3.5 w-44 max-w-full" />
                    <Skeleton className="h-3 w-72 max-w-full" />
                  </span>
                ) : (
                  <Skeleton className={column.numeric ? "w-8" : "w-20"} />
                )}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
