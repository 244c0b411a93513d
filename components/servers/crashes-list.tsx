"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleX } from "lucide-react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import { hostingHealthQuery } from "#lib/client/queries/hosting.ts";
import { useServer } from "./server-context.tsx";

const SHOWN_MAX = 5;

/** Why runtimes of the server ended lately, newest first; nothing when none did. */
export function CrashesList() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const { data: health } = useQuery(hostingHealthQuery(org, server.slug));
  const crashes = health?.crashes ?? [];
  if (crashes.length === 0) return null;
  return (
    <section aria-label="Crashes" className="border-t px-4 py-2">
      <h3 className="text-faint text-xs">
        Ended unexpectedly
        {crashes.length > SHOWN_MAX
          ? ` · the newest ${SHOWN_MAX} of ${formatCounted(crashes.length, "time")}`
          : null}
      </h3>
      <ul>
        {crashes.slice(0, SHOWN_MAX).map((crash) => (
          <li key={`${crash.at} ${crash.node}`} className="flex items-baseline gap-2 py-0.5">
            <CircleX aria-hidden="true" className="size-3.5 shrink-0 translate-y-0.5 text-fail" />
            <span className="min-w-0 flex-1 break-words">{crash.reason}</span>
            <span className="shrink-0 text-faint text-xs">
              <span className="hidden sm:inline">
                {crash.region} / {crash.node} ·{" "}
              </span>
              <Time value={crash.at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
