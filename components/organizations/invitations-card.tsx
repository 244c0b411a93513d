"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { notify } from "#components/ui/notify.ts";
import { Time } from "#components/ui/time.tsx";
import { invitationsQuery, membersKey, revokeInvitation } from "#lib/client/queries/members.ts";

/** Invitations that can still be accepted. Not there while there are none. */
export function InvitationsCard() {
  const { slug: org, can } = useOrganization();
  const queryClient = useQueryClient();
  const invitations = useQuery(invitationsQuery(org));
  const revoke = useMutation({
    mutationFn: (id: string) => revokeInvitation(org, id),
    onSuccess: () => notify.success("The invitation is withdrawn"),
    onError: (error) => notify.error("The invitation was not withdrawn", { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: membersKey(org) }),
  });
  if (!invitations.data || invitations.data.length === 0) return null;
  return (
    <Card title="Open invitations">
      <ul className="divide-y">
        {invitations.data.map((invitation) => (
          <li
            key={invitation.id}
            className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5"
          >
            <span className="grid min-w-0 flex-1 leading-tight">
              <span className="truncate font-medium">{invitation.name}</span>
              <span className="truncate text-faint text-xs">{invitation.email}</span>
            </span>
            <Badge>{invitation.role}</Badge>
            <span className="text-faint text-xs">
              expires <Time value={invitation.expiresAt} />
            </span>
            {can("members:write") ? (
              <Button
                size="sm"
                variant="ghost"
                pending={revoke.isPending && revoke.variables === invitation.id}
                onClick={() => revoke.mutate(invitation.id)}
              >
                Withdraw
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
