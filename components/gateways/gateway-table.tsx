"use client";

import { ShieldAlert } from "lucide-react";
import Link from "next/link";
import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import type { GatewayListItem } from "#lib/contract/index.ts";
import { AccessBadges } from "./access-badges.tsx";
import { GATEWAY_COLUMNS, shownFrom } from "./gateway-columns.ts";

/** One row per gateway. On a phone the numbers stand below the name. */
export function GatewayTable({ org, gateways }: { org: string; gateways: readonly GatewayListItem[] }) {
  return (
    <Table label="Gateways">
      <GatewayTableHead />
      <TableBody>
        {gateways.map((gateway) => (
          <GatewayRow key={gateway.id} href={`/${org}/gateways/${gateway.id}`} gateway={gateway} />
        ))}
      </TableBody>
    </Table>
  );
}

function GatewayRow({ href, gateway }: { href: string; gateway: GatewayListItem }) {
  return (
    <TableRow className="relative transition-colors focus-within:bg-raised/60 hover:bg-raised/60">
      <TableCell className="max-w-52 whitespace-normal sm:max-w-72">
        <Link
          data-row
          href={href}
          className="block truncate rounded-sm font-medium outline-offset-2 after:absolute after:inset-0"
        >
          {gateway.name}
        </Link>
        <span className="block truncate font-mono text-faint text-xs">{gateway.id}</span>
        <span className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-muted text-xs sm:hidden">
          <AccessBadges access={gateway.access} />
          <span>{formatCounted(gateway.servers.length, "server")}</span>
          <span>{formatCounted(gateway.calls24h, "call")}</span>
        </span>
      </TableCell>
      <TableCell className="hidden sm:table-cell">
        <AccessBadges access={gateway.access} />
      </TableCell>
      <TableCell numeric className="hidden lg:table-cell">
        {formatCount(gateway.servers.length)}
      </TableCell>
      <TableCell numeric className={cn("hidden lg:table-cell", gateway.grantCount === 0 && "text-warn")}>
        {gateway.grantCount === 0 ? "none" : formatCount(gateway.grantCount)}
      </TableCell>
      <TableCell numeric className="hidden lg:table-cell">
        {formatCount(gateway.keyCount)}
      </TableCell>
      <TableCell numeric className="hidden sm:table-cell">
        {formatCount(gateway.calls24h)}
      </TableCell>
      <TableCell numeric>
        {gateway.denied24h === 0 ? (
          <span className="text-muted">0</span>
        ) : (
          <Link
            href={`${href}/logs?decision=denied`}
            className="relative inline-flex items-center gap-1.5 rounded-sm text-warn hover:underline"
          >
            <ShieldAlert aria-hidden="true" className="size-3.5" />
            {formatCount(gateway.denied24h)}
            <span className="sr-only">denied; show them</span>
          </Link>
        )}
      </TableCell>
    </TableRow>
  );
}

function GatewayTableHead() {
  return (
    <TableHead>
      <TableRow>
        {GATEWAY_COLUMNS.map((column) => (
          <TableHeader
            key={column.label}
            {...(column.numeric ? { numeric: true } : {})}
            className={cn(shownFrom(column))}
          >
            {column.label}
          </TableHeader>
        ))}
      </TableRow>
    </TableHead>
  );
}

const ROWS_OF_SKELETON = ["a", "b", "c"];

/** The table's shape while it loads. */
export function GatewayTableSkeleton() {
  return (
    <Table label="Gateways are loading" aria-busy="true">
      <GatewayTableHead />
      <TableBody>
        {ROWS_OF_SKELETON.map((row) => (
          <TableRow key={row}>
            {GATEWAY_COLUMNS.map((column, index) => (
              <TableCell
                key={column.label}
                {...(column.numeric ? { numeric: true } : {})}
                className={cn(shownFrom(column))}
              >
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
