"use client";

import { useId } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { StoredLog } from "#lib/contract/index.ts";
import { LOG_LABEL, LOGS } from "./drain-words.ts";

const MEANING: Record<StoredLog, string> = {
  requests: "every MCP message with its outcome",
  console: "what hosted code writes",
  upstream: "outbound calls of hosted code",
};

interface LogChoicesProps {
  logs: readonly StoredLog[];
  onChange: (logs: readonly StoredLog[]) => void;
  error: string | null;
}

/** Which logs a drain sends. */
export function LogChoices({ logs, onChange, error }: LogChoicesProps) {
  const id = useId();
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 font-medium">Logs</legend>
      {LOGS.map((log) => (
        <div key={log} className="flex items-start gap-2.5">
          <Checkbox
            id={`${id}-${log}`}
            className="mt-0.5"
            checked={logs.includes(log)}
            onCheckedChange={(on) =>
              onChange(LOGS.filter((other) => (other === log ? on === true : logs.includes(other))))
            }
          />
          <label htmlFor={`${id}-${log}`} className="min-w-0">
            {LOG_LABEL[log]} <span className="text-muted">{MEANING[log]}</span>
          </label>
        </div>
      ))}
      {error || logs.length === 0 ? (
        <p role="alert" className="text-fail text-xs">
          {error ?? "Choose at least one log."}
        </p>
      ) : null}
    </fieldset>
  );
}
