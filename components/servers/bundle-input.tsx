"use client";

import { FileCode2, Upload } from "lucide-react";
import { useState } from "react";
import { cn } from "#components/ui/class-names.ts";
import type { FieldControl } from "#components/ui/field.tsx";
import { formatBytes } from "#components/ui/numbers.ts";
import { bundleContentType } from "#lib/client/queries/deployments.ts";
import { httpLimits } from "#lib/kernel/limits/http.ts";

/** What is wrong with a chosen file before it is sent, or null. */
export function bundleProblem(file: Pick<File, "name" | "size">): string | null {
  if (bundleContentType(file.name) === null) return "Choose a .js or .mjs module, or a .zip of modules.";
  if (file.size === 0) return "This file is empty.";
  if (file.size > httpLimits.bundleBytesMax) {
    return `This file has ${formatBytes(file.size)}; a bundle may have ${formatBytes(httpLimits.bundleBytesMax)}.`;
  }
  return null;
}

interface BundleInputProps {
  control: FieldControl;
  file: File | null;
  disabled?: boolean;
  onChange: (file: File) => void;
}

/** Takes a bundle by choosing or by dropping it. */
export function BundleInput({ control, file, disabled = false, onChange }: BundleInputProps) {
  const [over, setOver] = useState(false);
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const dropped = event.dataTransfer.files[0];
        if (dropped && !disabled) onChange(dropped);
      }}
      className={cn(
        "flex min-h-16 cursor-pointer items-center gap-3 rounded-md border border-line border-dashed bg-surface px-3.5 py-2.5 transition-colors hover:border-faint has-[:focus-visible]:border-ring has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring",
        over && "border-accent bg-accent-soft",
        disabled && "pointer-events-none opacity-50",
        control["aria-invalid"] && "border-fail/70",
      )}
    >
      {file ? (
        <FileCode2 aria-hidden="true" className="size-5 shrink-0 text-accent" />
      ) : (
        <Upload aria-hidden="true" className="size-5 shrink-0 text-faint" />
      )}
      <span className="grid min-w-0">
        <span className="truncate font-medium">{file ? file.name : "Choose a file, or drop it here"}</span>
        <span className="text-muted text-xs">
          {file
            ? formatBytes(file.size)
            : `.js, .mjs or .zip, up to ${formatBytes(httpLimits.bundleBytesMax)}`}
        </span>
      </span>
      <input
        {...control}
        type="file"
        accept=".js,.mjs,.zip"
        disabled={disabled}
        className="sr-only"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) onChange(chosen);
          // The same file, changed on disk, can be chosen again.
          event.target.value = "";
        }}
      />
    </label>
  );
}
