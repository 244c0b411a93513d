"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Plus, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { messageOf } from "#components/shell/error-message.ts";
import type { OpenMenu } from "#components/shell/menu-button.tsx";
import { MenuPopup } from "#components/shell/menu-popup.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { DropdownMenuItem, DropdownMenuLabel, DropdownMenuSeparator } from "#components/ui/dropdown-menu.tsx";
import { notify } from "#components/ui/notify.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { deleteSavedView, savedViewsQuery } from "#lib/client/queries/logs.ts";
import type { SavedView } from "#lib/contract/index.ts";
import type { RequestSearch, SearchChange } from "./request-search.ts";
import { SaveViewDialog } from "./save-view-dialog.tsx";
import { changeOfSaved } from "./saved-search.ts";

interface SavedViewsPopupProps extends OpenMenu {
  search: RequestSearch;
  onChange: (change: SearchChange) => void;
}

/** Filters under a name: one's own, and those that others share. */
export function SavedViewsPopup({ search, onChange, ...menu }: SavedViewsPopupProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const views = useQuery(savedViewsQuery(org, server.slug));
  const [isSaving, setSaving] = useState(false);
  if (isSaving) return <SaveViewDialog search={search} {...menu} />;
  const mine = views.data?.filter((view) => view.isMine) ?? [];
  const shared = views.data?.filter((view) => !view.isMine) ?? [];
  const apply = (view: SavedView) => onChange(changeOfSaved(view.query));
  return (
    <MenuPopup label="Saved views" align="end" className="w-72" {...menu}>
      {mine.length > 0 ? <DropdownMenuLabel>Yours</DropdownMenuLabel> : null}
      {mine.map((view) => (
        <ViewItem key={view.id} view={view} onApply={() => apply(view)} />
      ))}
      {shared.length > 0 ? <DropdownMenuLabel>Shared by others</DropdownMenuLabel> : null}
      {shared.map((view) => (
        <ViewItem key={view.id} view={view} onApply={() => apply(view)} />
      ))}
      {views.data?.length === 0 ? (
        <DropdownMenuLabel>A view keeps the log, the window and the filters under a name.</DropdownMenuLabel>
      ) : null}
      {views.isError ? <DropdownMenuLabel>{views.error.message}</DropdownMenuLabel> : null}
      {views.isPending ? <DropdownMenuLabel>Loading…</DropdownMenuLabel> : null}
      <DropdownMenuSeparator />
      <DropdownMenuItem
        onSelect={(event) => {
          // The question takes the place of the menu.
          event.preventDefault();
          setSaving(true);
        }}
      >
        <Plus aria-hidden="true" />
        Save this view…
      </DropdownMenuItem>
    </MenuPopup>
  );
}

function ViewItem({ view, onApply }: { view: SavedView; onApply: () => void }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteSavedView(org, server.slug, view.id),
    onSuccess: () => queryClient.invalidateQueries(savedViewsQuery(org, server.slug)),
    onError: (error) => notify.error("The view was not deleted", { description: messageOf(error) }),
  });
  const Icon = view.isShared ? Users : Bookmark;
  return (
    <div className="flex items-center">
      <DropdownMenuItem className="min-w-0 flex-1" onSelect={onApply}>
        <Icon aria-hidden="true" />
        <span className="min-w-0 truncate">{withSigns(view.name)}</span>
        <span className="ml-auto pl-2 text-faint text-xs">
          {view.isShared ? "shared" : ""} {view.log === "console" ? "console" : ""}
        </span>
      </DropdownMenuItem>
      {view.mayDelete ? (
        <DropdownMenuItem
          aria-label={`Delete ${withSigns(view.name)}`}
          className="shrink-0"
          disabled={remove.isPending}
          onSelect={(event) => {
            event.preventDefault();
            remove.mutate();
          }}
        >
          <Trash2 aria-hidden="true" />
        </DropdownMenuItem>
      ) : null}
    </div>
  );
}
