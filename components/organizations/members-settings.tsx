"use client";

// Who belongs to this organization, and what may they do?

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { toast } from "sonner";
import { messageOf } from "#components/shell/error-message.ts";
import { Monogram } from "#components/shell/monogram.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { changeMemberRole, membersKey, membersQuery, removeMember } from "#lib/client/queries/members.ts";
import type { Member, Role } from "#lib/contract/index.ts";
import { InvitationsCard } from "./invitations-card.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { isRole, ROLE_NAMES } from "./roles.ts";

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
          <Table label="Members" aria-busy={members.data === undefined}>
            <TableHead>
              <TableRow>
                <TableHeader>Person</TableHeader>
                <TableHeader>Role</TableHeader>
                <TableHeader className="hidden sm:table-cell">Joined</TableHeader>
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {members.data === undefined
                ? ROWS_OF_SKELETON.map((row) => (
                    <TableRow key={row}>
                      <TableCell colSpan={4} className="h-12">
                        <Skeleton className="w-1/2" />
                      </TableCell>
                    </TableRow>
                  ))
                : members.data.map((member) => (
                    <MemberRow
                      key={member.userId}
                      member={member}
                      isSelf={member.userId === userId}
                      mayWrite={mayWrite}
                    />
                  ))}
            </TableBody>
          </Table>
        )}
      </Card>
      <InvitationsCard />
      <InviteDialog open={inviting && mayWrite} onOpenChange={(open) => void setInviting(open || null)} />
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
    onSuccess: (changed) => toast.success(`${changed.name} is now ${changed.role}`),
    onError: (error) => toast.error("The role was not changed", { description: messageOf(error) }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => removeMember(org, member.userId),
    onSuccess: () => {
      setRemoving(false);
      toast.success(`${member.name} is no longer a member`);
    },
    onSettled: refresh,
  });
  return (
    <TableRow>
      <TableCell className="h-12 whitespace-normal">
        <span className="flex min-w-0 items-center gap-2.5">
          <Monogram name={member.name} round className="size-7" />
          <span className="grid min-w-0 leading-tight">
            <span className="truncate font-medium">
              {member.name} {isSelf ? <Badge>you</Badge> : null}
            </span>
            <span className="break-all text-faint text-xs">{member.email}</span>
          </span>
        </span>
      </TableCell>
      <TableCell>
        {mayWrite ? (
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
        ) : (
          member.role
        )}
      </TableCell>
      <TableCell className="hidden text-muted sm:table-cell">
        <Time value={member.joinedAt} display="date" />
      </TableCell>
      <TableCell className="text-right">
        {mayWrite ? (
          <Button size="sm" variant="ghost" onClick={() => setRemoving(true)}>
            {isSelf ? "Leave" : "Remove"}
          </Button>
        ) : null}
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
          {isSelf ? "You lose" : "They lose"} access at once: sessions end, and API tokens made by this
          account here are revoked.
        </ConfirmDialog>
      </TableCell>
    </TableRow>
  );
}
