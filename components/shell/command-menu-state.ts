"use client";

import { useSyncExternalStore } from "react";

type Open = "none" | "menu" | "shortcuts";

let open: Open = "none";
const listeners = new Set<() => void>();

/** Which of the two shell dialogs is open; at most one. */
export function setShellDialog(next: Open): void {
  open = next;
  for (const notify of listeners) notify();
}
export const openCommandMenu = (): void => setShellDialog("menu");
export const openShortcuts = (): void => setShellDialog("shortcuts");

export const useShellDialog = (): Open =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
    () => "none",
  );
