"use client";

import { useId } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { cn } from "#components/ui/class-names.ts";
import { Notice } from "#components/ui/notice.tsx";
import type { Server } from "#lib/contract/index.ts";
import { GatewayLink } from "./gateway-link.tsx";

const CHOICES: readonly { value: Server["directAccess"]; label: string; text: string }[] = [
  { value: "public", label: "Public", text: "Whoever knows the MCP URL may call it." },
  { value: "key", label: "Key", text: "Callers present a key of this server; nobody else gets in." },
  { value: "off", label: "Off", text: "The URL refuses everybody; our own smoke tests still run." },
];

interface DirectAccessFieldProps {
  server: Pick<Server, "directAccess" | "directUrl" | "gateway">;
  disabled: boolean;
  onChange: (access: Server["directAccess"]) => void;
}

/** Who may use the direct URL. While a gateway fronts the server, it says that the gateway decides. */
export function DirectAccessField({ server, disabled, onChange }: DirectAccessFieldProps) {
  const { slug: org } = useOrganization();
  const name = useId();
  return (
    <fieldset className="grid gap-2" aria-describedby={`${name}-url`}>
      <legend className="mb-1.5 font-medium">Direct access</legend>
      <p id={`${name}-url`} className="-mt-1 break-all font-mono text-muted text-xs">
        {server.directUrl}
      </p>
      {server.gateway ? (
        <Notice>
          The gateway <GatewayLink org={org} gateway={server.gateway} className="align-bottom font-medium" />{" "}
          decides who gets in; the direct URL answers only our own checks. This choice counts again when the
          server is detached.
        </Notice>
      ) : null}
      <div className="grid gap-2 sm:grid-cols-3">
        {CHOICES.map((choice) => (
          <label
            key={choice.value}
            className={cn(
              "relative grid content-start gap-0.5 rounded-md border border-line px-3 py-2 transition-colors hover:border-faint/70 has-[:checked]:border-accent has-[:checked]:bg-accent-soft has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring",
              disabled && "pointer-events-none opacity-60",
            )}
          >
            <span className="flex items-center gap-2 font-medium">
              <input
                type="radio"
                name={name}
                value={choice.value}
                checked={server.directAccess === choice.value}
                disabled={disabled}
                onChange={() => onChange(choice.value)}
                aria-label={choice.label}
                aria-describedby={`${name}-${choice.value}`}
                className="accent-(--color-accent)"
              />
              {choice.label}
            </span>
            <span id={`${name}-${choice.value}`} className="text-muted text-xs">
              {choice.text}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
