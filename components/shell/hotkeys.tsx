"use client";

import { useEffect } from "react";
import { currentCommands } from "./commands.ts";

const SEQUENCE_MS = 1_200;

/** Keys belong to the field or the dialog that has them, not to the page. */
const isTaken = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    "input, textarea, select, [contenteditable=true], [role=dialog], [role=alertdialog], [role=menu]",
  ) !== null;

/** Runs registered commands by their keys; `g` then a letter goes to a page. */
export function Hotkeys() {
  // External system: the window's keyboard.
  useEffect(() => {
    let pending = "";
    let pendingUntilMs = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || event.repeat) return;
      if (event.key.length !== 1 || isTaken(event.target)) return;
      const nowMs = performance.now();
      const prefix = nowMs < pendingUntilMs ? pending : "";
      const typed = prefix === "" ? event.key : `${prefix} ${event.key}`;
      const commands = currentCommands();
      const command = commands.find((candidate) => candidate.keys?.toLowerCase() === typed.toLowerCase());
      pending = "";
      if (command) {
        event.preventDefault();
        command.run();
      } else if (commands.some((candidate) => candidate.keys?.startsWith(`${typed} `))) {
        pending = typed;
        pendingUntilMs = nowMs + SEQUENCE_MS;
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return null;
}
