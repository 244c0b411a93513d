"use client";

import { Crosshair } from "lucide-react";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import type { LogWindow } from "./window-search.ts";

export interface WindowOption<Window extends string> {
  readonly value: Window | "custom";
  readonly label: string;
  readonly title: string;
}
export const CUSTOM_WINDOW = { value: "custom", label: "Custom", title: "Between two times" } as const;

const LOG_OPTIONS: readonly WindowOption<LogWindow>[] = [
  { value: "15m", label: "15 m", title: "The last 15 minutes" },
  { value: "1h", label: "1 h", title: "The last hour" },
  { value: "24h", label: "24 h", title: "The last 24 hours" },
  { value: "7d", label: "7 d", title: "The last 7 days" },
  CUSTOM_WINDOW,
];

export interface WindowChoice<Window extends string = LogWindow> {
  readonly window: Window | "custom";
  readonly from: string | null;
  readonly to: string | null;
}

interface WindowChooserProps<Window extends string> {
  value: WindowChoice<Window>;
  options: readonly WindowOption<Window>[];
  onChange: (choice: WindowChoice<Window>) => void;
}

/** Which span of time of a log is looked at. */
export function WindowPicker({
  aroundHref,
  ...choice
}: Omit<WindowChooserProps<LogWindow>, "options"> & {
  /** Where all sources are shown around one moment. */
  aroundHref?: string;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowChooser {...choice} options={LOG_OPTIONS} />
      {aroundHref ? (
        <Button asChild size="icon" className="hidden sm:inline-flex">
          <Link href={aroundHref} aria-label="Around this moment" title="All sources around one moment">
            <Crosshair aria-hidden="true" />
          </Link>
        </Button>
      ) : null}
    </div>
  );
}

/** A few lengths that end now, or two times. */
export function WindowChooser<Window extends string>({
  value,
  options,
  onChange,
}: WindowChooserProps<Window>) {
  return (
    <>
      <SegmentedControl
        label="Time window"
        className="[&_label]:px-1.75 sm:[&_label]:px-2.5"
        value={value.window}
        options={options}
        onChange={(window) =>
          onChange(window === "custom" ? startOfCustom(value) : { window, from: null, to: null })
        }
      />
      {value.window === "custom" ? (
        <>
          <TimeField label="From" value={value.from} onChange={(from) => onChange({ ...value, from })} />
          <span className="text-faint text-xs">to</span>
          <TimeField label="To" value={value.to} onChange={(to) => onChange({ ...value, to })} />
        </>
      ) : null}
    </>
  );
}

const DAY_MS = 86_400_000;

/** A custom window begins as the last day, so that there is something to move. */
const startOfCustom = <Window extends string>(value: WindowChoice<Window>): WindowChoice<Window> => ({
  window: "custom",
  from: value.from ?? new Date(Date.now() - DAY_MS).toISOString(),
  to: value.to,
});

/** A time in the reader's zone; the address keeps it in UTC. */
function TimeField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const hydrated = useHydrated();
  return (
    <Input
      type="datetime-local"
      step={1}
      aria-label={label}
      className="w-auto text-xs"
      value={value === null || !hydrated ? "" : localValue(value)}
      onChange={(event) => {
        const ms = Date.parse(event.target.value);
        onChange(Number.isFinite(ms) ? new Date(ms).toISOString() : null);
      }}
    />
  );
}

const MINUTE_MS = 60_000;

/** `2026-11-20T14:03:00` in local time, as the field wants it. */
function localValue(utc: string): string {
  const at = new Date(utc);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 19);
}
