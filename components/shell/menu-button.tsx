"use client";

import { type ReactNode, useRef, useState } from "react";
import { cn } from "#components/ui/class-names.ts";

/** What a menu is told so that it can close and give the focus back. */
export interface OpenMenu {
  onClose: () => void;
  onReturnFocus: () => void;
}

interface MenuButtonProps {
  label: string;
  className?: string;
  /** The face of the button. */
  children: ReactNode;
  /** Starts loading the menu: somebody is about to open it. */
  preload: () => void;
  menu: (open: OpenMenu) => ReactNode;
}

/** A button whose menu is loaded when it is first wanted. */
export function MenuButton({ label, className, children, preload, menu }: MenuButtonProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div className="relative">
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={preload}
        onFocus={preload}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          setOpen(true);
        }}
        className={cn(
          "flex w-full items-center gap-2 rounded-md px-1.5 text-left transition-colors hover:bg-raised aria-expanded:bg-raised",
          className,
        )}
      >
        {children}
      </button>
      {open ? menu({ onClose: () => setOpen(false), onReturnFocus: () => button.current?.focus() }) : null}
    </div>
  );
}
