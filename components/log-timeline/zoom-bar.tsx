"use client";

import { Minus, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { type Span, zoomBy } from "./lane-layout.ts";

interface ZoomBarProps {
  whole: Span;
  /** What is in view; the whole itself where nothing is zoomed to. */
  view: Span;
  /** Said after how much is in view. */
  detail?: ReactNode;
  /** What else can be done, before the zoom. */
  children?: ReactNode;
  /** With null the whole is asked for. */
  onZoom: (span: Span | null) => void;
}

const CLOSER = 0.4;
const FURTHER = 2.5;

/** Over the lanes: how much of the whole is in view, and the ways closer and further. */
export function ZoomBar({ whole, view, detail, children, onZoom }: ZoomBarProps) {
  const isWhole = view === whole;
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b px-3 py-1.5">
      <span className="mr-auto text-muted text-xs">
        {formatDuration(view.toMs - view.fromMs)} in view
        {isWhole ? "" : ` of ${formatDuration(whole.toMs - whole.fromMs)}`}
        {detail}
      </span>
      {children}
      <span className="flex">
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Zoom out"
          title="Zoom out"
          disabled={isWhole}
          onClick={() => onZoom(zoomBy(whole, view, FURTHER))}
        >
          <Minus aria-hidden="true" />
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Zoom in"
          title="Zoom in; or drag over the lanes"
          onClick={() => onZoom(zoomBy(whole, view, CLOSER))}
        >
          <Plus aria-hidden="true" />
        </Button>
      </span>
      {isWhole ? null : (
        <Button size="sm" variant="ghost" onClick={() => onZoom(null)}>
          Whole
        </Button>
      )}
    </div>
  );
}
