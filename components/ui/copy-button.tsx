"use client";

import { Check, Copy, X } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "./button.tsx";

const FEEDBACK_MS = 1_600;

interface CopyButtonProps {
  /** What is copied; a function makes it when it is wanted. */
  value: string | (() => string);
  /** What the button does, e.g. "Copy MCP URL". */
  label: string;
  /** Text beside the icon; without it the button is an icon. */
  children?: React.ReactNode;
  className?: string;
}

/** Copies `value` and says so, or says that the browser refused. */
export function CopyButton({ value, label, children, className }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"idle" | "copied" | "refused">("idle");
  const reset = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = (next: "copied" | "refused") => {
    clearTimeout(reset.current);
    setOutcome(next);
    reset.current = setTimeout(() => setOutcome("idle"), FEEDBACK_MS);
  };
  const Icon = outcome === "copied" ? Check : outcome === "refused" ? X : Copy;
  return (
    <>
      <Button
        variant={children ? "secondary" : "ghost"}
        size={children ? "sm" : "icon-sm"}
        className={className}
        aria-label={label}
        title={label}
        onClick={() => {
          copyText(typeof value === "string" ? value : value()).then(
            () => show("copied"),
            () => show("refused"),
          );
        }}
      >
        <Icon aria-hidden="true" className={outcome === "copied" ? "text-ok" : undefined} />
        {children}
      </Button>
      <span role="status" className="sr-only">
        {outcome === "copied" ? "Copied" : outcome === "refused" ? "The browser did not allow copying" : ""}
      </span>
    </>
  );
}

/** The clipboard API exists only on https and localhost; a selection works on plain http too. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "fixed opacity-0";
  const host = document.activeElement?.closest("[role=dialog]") ?? document.body;
  host.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser refused to copy");
}
