"use client";

import { MessageSquareOff } from "lucide-react";
import Link from "next/link";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";

/** Why what was said in a call cannot be read, and how it could be of the next one. */
export function NotRecorded({ recordsNow }: { recordsNow: boolean }) {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  return (
    <p className="flex items-start gap-2 rounded-md border border-dashed px-3 py-2 text-muted text-sm">
      <MessageSquareOff aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-faint" />
      <span className="min-w-0">
        {recordsNow
          ? "What was said in this call was not recorded: it is from before recording was turned on, or it was turned away unread."
          : "What was said in this call was not recorded. "}
        {recordsNow ? null : can("servers:write") ? (
          <Link
            href={`/${org}/servers/${server.slug}/settings#record-bodies`}
            className="rounded-sm text-accent underline underline-offset-2"
          >
            Turn it on in the settings
          </Link>
        ) : (
          "Developers, admins and owners can turn it on in the settings."
        )}
      </span>
    </p>
  );
}
