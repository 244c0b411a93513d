import { useAddressWith } from "#components/shell/use-address-with.ts";
import { Money } from "#components/ui/money.tsx";
import { isPlainClick } from "#components/ui/plain-click.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { LedgerPage } from "#lib/contract/index.ts";

const ROWS_OF_SKELETON = ["a", "b", "c", "d", "e"];

interface LedgerTableProps {
  page: LedgerPage | undefined;
  isStale: boolean;
  onOpen: (tx: string) => void;
}

/** One row per transaction; its description opens it. */
export function LedgerTable({ page, isStale, onOpen }: LedgerTableProps) {
  const addressWith = useAddressWith();
  return (
    <Table label="Ledger" aria-busy={page === undefined}>
      <TableHead>
        <TableRow>
          <TableHeader className="hidden sm:table-cell">Time</TableHeader>
          <TableHeader className="max-sm:pl-4">What</TableHeader>
          <TableHeader className="hidden sm:table-cell">Type</TableHeader>
          <TableHeader numeric>Credits</TableHeader>
          <TableHeader numeric className="hidden sm:table-cell">
            Balance after
          </TableHeader>
        </TableRow>
      </TableHead>
      <TableBody className={isStale ? "opacity-60" : undefined}>
        {page === undefined
          ? ROWS_OF_SKELETON.map((row) => (
              <TableRow key={row}>
                <TableCell colSpan={5}>
                  <Skeleton className="w-2/3" />
                </TableCell>
              </TableRow>
            ))
          : page.data.map((tx) => (
              <TableRow key={tx.id} className="relative hover:bg-raised/60">
                <TableCell className="hidden text-muted sm:table-cell">
                  <Time value={tx.createdAt} display="datetime" />
                </TableCell>
                <TableCell className="w-full max-w-0 truncate max-sm:pl-4 sm:w-auto sm:max-w-80">
                  <a
                    href={addressWith({ tx: tx.id })}
                    className="rounded-sm after:absolute after:inset-0"
                    onClick={(event) => {
                      if (!isPlainClick(event)) return;
                      event.preventDefault();
                      onOpen(tx.id);
                    }}
                  >
                    {withSigns(tx.description)}
                  </a>
                  <span className="block text-muted text-xs sm:hidden">
                    <Time value={tx.createdAt} display="datetime" />
                  </span>
                </TableCell>
                <TableCell className="hidden text-muted sm:table-cell">
                  {tx.type.replaceAll("_", " ")}
                </TableCell>
                <TableCell numeric>
                  <Money micros={tx.amountMicros} sign="always" />
                </TableCell>
                <TableCell numeric className="hidden text-muted sm:table-cell">
                  <Money micros={tx.balanceAfterMicros} />
                </TableCell>
              </TableRow>
            ))}
      </TableBody>
    </Table>
  );
}
