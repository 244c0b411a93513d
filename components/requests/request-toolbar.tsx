"use client";

import { Bookmark, Download, Radio } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ComponentType, type ReactNode, useRef, useState } from "react";
import { aroundWindowHref } from "#components/calls/around.ts";
import { useServer } from "#components/servers/server-context.tsx";
import type { OpenMenu } from "#components/shell/menu-button.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import type { RequestLogView } from "#lib/client/queries/requests.ts";
import type { RequestSearch, SearchChange } from "./request-search.ts";
import { WindowPicker } from "./window-picker.tsx";

const loadExport = () => import("./export-menu-popup.tsx").then((module) => module.ExportMenuPopup);
const ExportMenuPopup = dynamic(loadExport, { ssr: false });
const loadViews = () => import("./saved-views-popup.tsx").then((module) => module.SavedViewsPopup);
const SavedViewsPopup = dynamic(loadViews, { ssr: false });

const LOGS = [
  { value: "requests", label: "Requests", title: "One row per MCP message" },
  { value: "console", label: "Console", title: "What the server wrote" },
] as const;
const MODES = [
  { value: "history", label: "History", title: "Stays as it was read" },
  { value: "live", label: "Live", title: "Follows what comes" },
] as const;

interface RequestToolbarProps {
  search: RequestSearch;
  view: RequestLogView;
  /** The live console of this server. */
  liveHref: string;
  exportRowsMax: number;
  onChange: (change: SearchChange) => void;
}

/** Which log, which time, and what can be done with the whole of it. */
export function RequestToolbar({ search, view, liveHref, exportRowsMax, onChange }: RequestToolbarProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SegmentedControl
        label="Log"
        className="-order-2 sm:order-none"
        value={search.log}
        options={LOGS}
        onChange={(log) => onChange({ log, page: null, asOf: null, line: null, request: null, mode: null })}
      />
      <WindowPicker
        value={{ window: search.window, from: search.from, to: search.to }}
        aroundHref={aroundWindowHref(org, server.slug, search)}
        onChange={({ window, from, to }) => onChange({ window, from, to, page: null, asOf: null })}
      />
      {search.log === "requests" ? (
        <SegmentedControl
          label="Follow"
          className="sm:ml-auto max-sm:[&_label]:px-1.5"
          value={search.mode}
          options={MODES}
          onChange={(mode) => onChange({ mode, page: null, asOf: null })}
        />
      ) : null}
      <span
        className={cn(
          "-order-1 ml-auto flex items-center gap-2 sm:order-none",
          search.log === "requests" && "sm:ml-0",
        )}
      >
        <LazyMenu
          label="Saved views"
          icon={<Bookmark aria-hidden="true" />}
          load={loadViews}
          menu={(open) => <SavedViewsPopup search={search} onChange={onChange} {...open} />}
        />
        <LazyMenu
          label="Export"
          icon={<Download aria-hidden="true" />}
          load={loadExport}
          menu={(open) => <ExportMenuPopup view={view} rowsMax={exportRowsMax} {...open} />}
        />
        <Button asChild className="px-2.5">
          <Link href={liveHref} aria-label="Live console" title="Live console">
            <Radio aria-hidden="true" />
            <span className="hidden xl:inline">Live console</span>
          </Link>
        </Button>
      </span>
    </div>
  );
}

interface LazyMenuProps {
  label: string;
  icon: ReactNode;
  load: () => Promise<ComponentType<never>>;
  menu: (open: OpenMenu) => ReactNode;
}

/** A button with an icon, whose menu is loaded when it is first wanted. */
function LazyMenu({ label, icon, load, menu }: LazyMenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <span className="relative">
      <Button
        ref={button}
        size="icon"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setOpen(!open)}
      >
        {icon}
      </Button>
      {open ? menu({ onClose: () => setOpen(false), onReturnFocus: () => button.current?.focus() }) : null}
    </span>
  );
}
