"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { Sheet, SheetContent } from "#components/ui/sheet.tsx";

interface DetailsSheetProps {
  title: string;
  onClose: () => void;
  /** To the row below (1) or above (-1) in the list; undefined when what is shown is not in it. */
  onMove: ((step: 1 | -1) => void) | undefined;
  /** Room for a timeline beside the words. */
  wide?: boolean;
  children: ReactNode;
}

/** One row of a log in a drawer over the list; `j` and `k` go to its neighbours. */
export function DetailsSheet({ title, onClose, onMove, wide = false, children }: DetailsSheetProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || onMove === undefined) return;
    // A dialog above this one bubbles its keys here too, and what is typed into a field is text.
    if (!(event.target instanceof Element) || !event.currentTarget.contains(event.target)) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "j") onMove(1);
    else if (event.key === "k") onMove(-1);
  };
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent
        title={title}
        className={cn(wide ? "max-w-4xl" : "max-w-2xl", "max-sm:border-l-0")}
        onKeyDown={onKeyDown}
      >
        {onMove ? (
          <div className="absolute top-2.5 right-12 flex">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Previous request"
              title="Previous request (k)"
              onClick={() => onMove(-1)}
            >
              <ChevronUp aria-hidden="true" />
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Next request"
              title="Next request (j)"
              onClick={() => onMove(1)}
            >
              <ChevronDown aria-hidden="true" />
            </Button>
          </div>
        ) : null}
        <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">{children}</div>
      </SheetContent>
    </Sheet>
  );
}
