"use client";

import type { LucideIcon } from "lucide-react";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

/** Something a person can do from anywhere on the page: by the command menu, or by keys. */
export interface Command {
  id: string;
  label: string;
  group: "Actions" | "Go to" | "This server" | "This gateway" | "This agent" | "This incident" | "This page";
  icon?: LucideIcon;
  /** One key (`l`) or a sequence with a space (`g s`). Shown in the menu and the help. */
  keys?: string;
  run: () => void;
}

const registered = new Map<string, Command>();
const listeners = new Set<() => void>();
let snapshot: readonly Command[] = [];
const NONE: readonly Command[] = [];

function changed(): void {
  snapshot = [...registered.values()];
  for (const notify of listeners) notify();
}

export function registerCommand(command: Command): () => void {
  registered.set(command.id, command);
  changed();
  return () => {
    if (registered.get(command.id) !== command) return;
    registered.delete(command.id);
    changed();
  };
}

/** The commands of what is on the screen now. */
export const currentCommands = (): readonly Command[] => snapshot;

export const useCommands = (): readonly Command[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    currentCommands,
    () => NONE,
  );

/** Offers a command while the calling component is on the screen. */
export function useCommand({ id, label, group, icon, keys, run }: Command): void {
  const runLatest = useEffectEvent(run);
  // External system: the command registry, shared by the menu and the keyboard.
  useEffect(
    () =>
      registerCommand({
        id,
        label,
        group,
        run: () => runLatest(),
        ...(icon ? { icon } : {}),
        ...(keys ? { keys } : {}),
      }),
    [id, label, group, icon, keys],
  );
}
