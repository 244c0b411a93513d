"use client";

import { useQuery } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { CallDetails } from "#components/calls/call-details.tsx";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { requestQuery } from "#lib/client/queries/requests.ts";
import { DetailsSheet } from "./details-sheet.tsx";
import { DetailsSkeleton } from "./details-skeleton.tsx";

interface RequestDrawerProps {
  requestId: string;
  onClose: () => void;
  /** To the row below (1) or above (-1) in the list; undefined when the request is not in it. */
  onMove: ((step: 1 | -1) => void) | undefined;
}

/** One call over the list of requests: its whole timeline, and what can be done with it. */
export function RequestDrawer({ requestId, onClose, onMove }: RequestDrawerProps) {
  const { slug: org } = useOrganization();
  const detail = useQuery(requestQuery(org, requestId));
  const isGone = detail.error instanceof ApiError && detail.error.status === 404;
  return (
    <DetailsSheet title="Request" onClose={onClose} onMove={onMove} wide>
      {detail.data ? (
        <CallDetails key={requestId} detail={detail.data} />
      ) : isGone ? (
        <NotStored onAgain={() => void detail.refetch()} isLooking={detail.isFetching} />
      ) : detail.isError ? (
        <QueryError query={detail} title="The request could not be loaded" />
      ) : (
        <DetailsSkeleton />
      )}
    </DetailsSheet>
  );
}

function NotStored({ onAgain, isLooking }: { onAgain: () => void; isLooking: boolean }) {
  const { retentionDays } = useServer();
  return (
    <EmptyState
      icon={Link2}
      title="This request is not stored"
      action={
        <Button pending={isLooking} onClick={onAgain}>
          Look again
        </Button>
      }
    >
      {retentionDays === 0
        ? "This server is live only: it keeps no requests. Change its log retention in the settings."
        : "It is older than what the server keeps, or the link is wrong. One that has only just ended may take a moment."}
    </EmptyState>
  );
}
