"use client";

import { copyText } from "#components/ui/copy-button.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatCounted } from "#components/ui/numbers.ts";
import { rowsAsText, type ServerNames } from "#lib/client/log-stream/line-text.ts";
import type { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import type { LineRow } from "#lib/client/log-stream/rows.ts";
import type { usePins } from "./use-pins.ts";
import type { useViewer } from "./use-viewer.ts";
import type { ViewerActions } from "./viewer-keys.ts";

type LineActions = Pick<
  ViewerActions,
  | "move"
  | "moveToError"
  | "foldActive"
  | "pinActive"
  | "nextPin"
  | "copy"
  | "copyLink"
  | "showInContext"
  | "extendSelection"
  | "selectAll"
>;

interface LineActionsOptions {
  store: LogStreamStore;
  viewer: ReturnType<typeof useViewer>;
  pinned: ReturnType<typeof usePins>;
  servers: ServerNames;
  lineHref: (row: LineRow) => string;
}

/** What keys do with the current line or the selected ones. */
export function useLineActions({
  store,
  viewer,
  pinned,
  servers,
  lineHref,
}: LineActionsOptions): LineActions {
  return {
    move: (step) => viewer.move(step),
    moveToError: (direction) => void viewer.moveToError(direction),
    extendSelection: (step) => viewer.extendSelection(step),
    selectAll: () => viewer.selectAll(),
    foldActive(isOpen) {
      const { active } = viewer;
      if (active === null || store.groupHeadOf(active) === null) return false;
      viewer.setGroupOpen(active, isOpen ?? !viewer.isGroupOpen(active));
      return true;
    },
    pinActive() {
      const selected = viewer.selectedRows();
      const row = viewer.activeLine();
      if (selected.length > 1) pinned.pin(selected);
      else if (row !== null) pinned.toggle(row);
    },
    nextPin: () => pinned.jumpToNext(),
    copy() {
      const active = viewer.activeLine();
      const copied = viewer.selection === null && active !== null ? [active] : viewer.selectedRows();
      if (copied.length > 0)
        copyAndSay(rowsAsText(copied, servers), `${formatCounted(copied.length, "line")} copied`);
    },
    copyLink() {
      const row = viewer.activeLine();
      if (row !== null) copyAndSay(lineHref(row), "Link to the line copied");
    },
    showInContext() {
      const row = viewer.activeLine();
      if (row !== null) store.showInContext(row);
    },
  };
}

function copyAndSay(text: string, said: string): void {
  copyText(text).then(
    () => notify.success(said),
    () => notify.error("The browser did not allow copying"),
  );
}
