"use client";

// Who belongs to this organization, and what may they do?

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { Monogram } from "#components/shell/monogram.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { changeMemberRole, membersKey, membersQuery, removeMember } from "#lib/client/queries/members.ts";
import type { Member, Role } from "#lib/contract/index.ts";
import { InvitationsCard } from "./invitations-card.tsx";
import { isRole, ROLE_NAMES } from "./roles.ts";

const InviteDialog = dynamic(() => import("./invite-dialog.tsx").then((module) => module.InviteDialog), {
  ssr: false,
});

const ROWS_OF_SKELETON = ["a", "b", "c"];

export function MembersSettings({ userId }: { userId: string }) {
  const { slug: org, can } = useOrganization();
  const members = useQuery(membersQuery(org));
  const [inviting, setInviting] = useQueryState("invite", parseAsBoolean.withDefault(false));
  const mayWrite = can("members:write");
  return (
    <>
      <Card
        title="Members"
        aside={members.data ? <span className="text-faint">{formatCount(members.data.length)}</span> : null}
        actions={
          mayWrite ? (
            <Button size="sm" variant="primary" onClick={() => void setInviting(true)}>
              <UserPlus aria-hidden="true" />
              Invite
            </Button>
          ) : null
        }
      >
        {members.data === undefined && members.isError ? (
          <QueryError query={members} title="The members could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy={members.data === undefined}>
            {members.data === undefined
              ? ROWS_OF_SKELETON.map((row) => (
                  <li key={row} className="flex h-13 items-center px-4">
                    <Skeleton className="w-1/2" />
                  </li>
                ))
              : members.data.map((member) => (
                  <MemberRow
                    key={member.userId}
                    member={member}
                    isSelf={member.userId === userId}
                    mayWrite={mayWrite}
                  />
                ))}
          </ul>
        )}
      </Card>
      <InvitationsCard />
      {inviting && mayWrite ? (
        <InviteDialog open onOpenChange={(open) => void setInviting(open || null)} />
      ) : null}
    </>
  );
}

function MemberRow({ member, isSelf, mayWrite }: { member: Member; isSelf: boolean; mayWrite: boolean }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: membersKey(org) });
  const change = useMutation({
    mutationFn: (role: Role) => changeMemberRole(org, member.userId, role),
    onSuccess: (changed) => notify.success(`${changed.name} is now ${changed.role}`),
    onError: (error) => notify.error("The role was not changed", { description: messageOf(error) }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => removeMember(org, member.userId),
    onSuccess: () => {
      // Nothing of this organization is theirs to see any more: on to another one, or to signing in.
      if (isSelf) return window.location.assign("/");
      setRemoving(false);
      notify.success(`${member.name} is no longer a member`);
    },
    onSettled: refresh,
  });
  return (
    <li className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
      <span className="flex min-w-52 flex-1 items-center gap-2.5">
        <Monogram name={member.name} round className="size-7" />
        <span className="grid min-w-0 leading-tight">
          <span className="truncate font-medium">
            {member.name} {isSelf ? <Badge>you</Badge> : null}
          </span>
          <span className="truncate text-faint text-xs">{member.email}</span>
        </span>
      </span>
      <span className="hidden text-faint text-xs md:inline">
        joined <Time value={member.joinedAt} display="date" />
      </span>
      {mayWrite ? (
        <>
          <Select
            aria-label={`Role of ${member.name}`}
            className="w-32"
            value={change.isPending ? change.variables : member.role}
            disabled={change.isPending}
            onChange={(event) => {
              if (isRole(event.target.value)) change.mutate(event.target.value);
            }}
          >
            {ROLE_NAMES.map((role) => (
              <option key={role}>{role}</option>
            ))}
          </Select>
          <Button size="sm" variant="ghost" className="w-18" onClick={() => setRemoving(true)}>
            {isSelf ? "Leave" : "Remove"}
          </Button>
        </>
      ) : (
        <Badge>{member.role}</Badge>
      )}
      <ConfirmDialog
        open={removing}
        onOpenChange={(open) => {
          setRemoving(open);
          if (!open) remove.reset();
        }}
        title={isSelf ? "Leave this organization?" : `Remove ${member.name}?`}
        phrase={member.email}
        confirmLabel={isSelf ? "Leave" : "Remove"}
        danger
        pending={remove.isPending}
        error={remove.error ? messageOf(remove.error) : null}
        onConfirm={() => remove.mutate()}
      >
        {isSelf ? "You lose" : "They lose"} access to it at once, and API tokens made by this account here are
        revoked.
      </ConfirmDialog>
    </li>
  );
}
