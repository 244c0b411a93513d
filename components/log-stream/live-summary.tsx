"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { formatCounted } from "#components/ui/numbers.ts";
import type { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";

/** Tells assistive technology what arrived, politely and not more often than every few seconds. */
export function LiveSummary({ store }: { store: LogStreamStore }) {
  const [text, setText] = useState("");
  const [told, setTold] = useState({ lines: 0, errors: 0 });
  const tell = useEffectEvent(() => {
    const { received, errors } = store.getSnapshot();
    const lines = received - told.lines;
    const newErrors = errors - told.errors;
    if (lines <= 0) return;
    setTold({ lines: received, errors });
    setText(
      `${formatCounted(lines, "new line")}${newErrors > 0 ? `, ${formatCounted(newErrors, "error")}` : ""}`,
    );
  });
  // External system: time.
  useEffect(() => {
    const timer = setInterval(() => tell(), viewerLimits.summaryMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
