import { cn } from "#components/ui/class-names.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { SERVER_COLUMNS } from "./server-columns.ts";

const ROWS = 6;

/** The table's shape while it loads. */
export function ServerTableSkeleton() {
  return (
    <Table label="Servers are loading" aria-busy="true">
      <TableHead>
        <TableRow>
          {SERVER_COLUMNS.map((column) => (
            <TableHeader
              key={column.sort}
              {...(column.numeric ? { numeric: true } : {})}
              className={cn(column.wide && "hidden md:table-cell")}
            >
              {column.label}
            </TableHeader>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {Array.from({ length: ROWS }, (_, row) => `row-${row}`).map((row) => (
          <TableRow key={row}>
            <TableCell>
              <span className="grid h-9 content-center gap-1.5">
                <Skeleton className="h-3.5 w-36" />
                <Skeleton className="h-3 w-24" />
              </span>
            </TableCell>
            {SERVER_COLUMNS.slice(1).map((column) => (
              <TableCell
                key={column.sort}
                {...(column.numeric ? { numeric: true } : {})}
                className={cn(column.wide && "hidden md:table-cell")}
              >
                <Skeleton className={column.numeric ? "w-12" : "w-16"} />
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
