"use client";

import { FileJson2, FileSpreadsheet, FileText } from "lucide-react";
import { useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import type { OpenMenu } from "#components/shell/menu-button.tsx";
import { MenuPopup } from "#components/shell/menu-popup.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { DropdownMenuItem, DropdownMenuLabel } from "#components/ui/dropdown-menu.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { exportUrl } from "#lib/client/queries/logs.ts";
import type { RequestLogView } from "#lib/client/queries/requests.ts";

const FORMATS = [
  { format: "ndjson", label: "NDJSON, one object per row", icon: FileJson2 },
  { format: "csv", label: "CSV for a spreadsheet", icon: FileSpreadsheet },
  { format: "text", label: "Plain text", icon: FileText },
] as const;

/** Downloads what the filter and the window hold, not only the page. */
export function ExportMenuPopup({
  view,
  rowsMax,
  ...menu
}: OpenMenu & { view: RequestLogView; rowsMax: number }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [nowMs] = useState(() => Date.now());
  return (
    <MenuPopup label="Export" align="end" className="w-64" {...menu}>
      <DropdownMenuLabel>
        Everything in this window and filter, newest first, up to {formatCount(rowsMax)} rows
      </DropdownMenuLabel>
      {FORMATS.map(({ format, label, icon: Icon }) => (
        <DropdownMenuItem key={format} asChild>
          <a href={exportUrl(org, server.slug, view, { format, nowMs })} download>
            <Icon aria-hidden="true" />
            {label}
          </a>
        </DropdownMenuItem>
      ))}
    </MenuPopup>
  );
}
