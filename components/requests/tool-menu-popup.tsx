"use client";

import { useQuery } from "@tanstack/react-query";
import { useServer } from "#components/servers/server-context.tsx";
import type { OpenMenu } from "#components/shell/menu-button.tsx";
import { MenuPopup } from "#components/shell/menu-popup.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import {
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
} from "#components/ui/dropdown-menu.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { facetsQuery } from "#lib/client/queries/logs.ts";
import type { RequestLogView } from "#lib/client/queries/requests.ts";

interface ToolMenuPopupProps extends OpenMenu {
  value: string;
  view: RequestLogView;
  onChange: (tool: string | null) => void;
}

/** The open menu of the tool filter: one tool, or all. */
export function ToolMenuPopup({ value, view, onChange, ...menu }: ToolMenuPopupProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const facets = useQuery(facetsQuery(org, server.slug, view));
  const called = facets.data?.facets.find(({ facet }) => facet === "tool")?.values ?? [];
  // What the address asks for can be chosen even when nothing called it.
  const tools =
    value === "" || called.some((tool) => tool.value === value)
      ? called
      : [{ value, label: null, count: 0 }, ...called];
  return (
    <MenuPopup label="Tool" align="start" className="min-w-52" {...menu}>
      {tools.length === 0 ? (
        <DropdownMenuLabel>
          {facets.isPending ? "Loading…" : facets.isError ? facets.error.message : "No tool was called"}
        </DropdownMenuLabel>
      ) : null}
      <DropdownMenuRadioGroup value={value} onValueChange={onChange}>
        {tools.map((tool) => (
          <DropdownMenuRadioItem key={tool.value} value={tool.value}>
            <span className="min-w-0 truncate font-mono text-xs">{withSigns(tool.value)}</span>
            <span className="ml-auto text-faint text-xs tabular-nums">{formatCount(tool.count)}</span>
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
      {value === "" ? null : (
        <>
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => onChange(null)}>All tools</DropdownMenuItem>
        </>
      )}
    </MenuPopup>
  );
}
