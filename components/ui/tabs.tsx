"use client";

import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { cn } from "./class-names.ts";
import { tabListStyle, tabStyle } from "./tab-style.ts";

interface TabsProps {
  label: string;
  tabs: readonly { id: string; label: ReactNode; panel: ReactNode }[];
  /** Controlled when given together with `onChange`; else the first tab starts. */
  value?: string;
  onChange?: (id: string) => void;
  listClassName?: string;
  panelClassName?: string;
}

/** Panels that take turns in one place. Arrow keys, Home and End move. Tabs that are pages are links: see TabLinks. */
export function Tabs({ label, tabs, value, onChange, listClassName, panelClassName }: TabsProps) {
  const baseId = useId();
  const [own, setOwn] = useState(tabs[0]?.id);
  const current = tabs.find((tab) => tab.id === (value ?? own)) ?? tabs[0];
  const choose = (id: string) => {
    setOwn(id);
    onChange?.(id);
  };
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const at = tabs.findIndex((tab) => tab.id === current?.id);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    choose(next.id);
    document.getElementById(`${baseId}-${next.id}`)?.focus();
  };
  if (!current) return null;
  return (
    <>
      <div role="tablist" aria-label={label} onKeyDown={move} className={cn(tabListStyle, listClassName)}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${baseId}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === current.id}
            aria-controls={`${baseId}-panel`}
            tabIndex={tab.id === current.id ? 0 : -1}
            onClick={() => choose(tab.id)}
            className={tabStyle}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${baseId}-panel`}
        aria-labelledby={`${baseId}-${current.id}`}
        className={panelClassName}
      >
        {current.panel}
      </div>
    </>
  );
}
