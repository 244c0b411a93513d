"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { Select } from "#components/ui/select.tsx";
import { ShownOnce } from "#components/ui/shown-once.tsx";
import { inviteMember, membersKey } from "#lib/client/queries/members.ts";
import type { CreatedInvitation, Role } from "#lib/contract/index.ts";
import { isRole, ROLE_MEANING, ROLE_NAMES } from "./roles.ts";

/** Invites somebody; the link is shown this one time. */
export function InviteDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Invite to the organization">
        <InviteForm />
      </DialogContent>
    </Dialog>
  );
}

function InviteForm() {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const invite = useMutation({
    mutationFn: () => inviteMember(org, { email, name, role }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: membersKey(org) }),
  });
  if (invite.data) return <InviteLink invitation={invite.data} />;
  const errorOf = (field: string) => errorOfField(invite.error, field);
  return (
    <DialogForm
      submit="Make an invitation"
      pending={invite.isPending}
      onSubmit={() => invite.mutate()}
      error={errorOfForm(invite.error, ["email", "name", "role"])}
    >
      <Field label="E-mail" error={errorOf("email")}>
        {(control) => (
          <Input
            {...control}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            required
            autoComplete="off"
          />
        )}
      </Field>
      <Field label="Name" error={errorOf("name")}>
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            maxLength={100}
            autoComplete="off"
          />
        )}
      </Field>
      <Field label="Role" hint={`May ${ROLE_MEANING[role]}.`} error={errorOf("role")}>
        {(control) => (
          <Select
            {...control}
            value={role}
            onChange={(event) => {
              if (isRole(event.target.value)) setRole(event.target.value);
            }}
          >
            {ROLE_NAMES.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </Select>
        )}
      </Field>
    </DialogForm>
  );
}

function InviteLink({ invitation }: { invitation: CreatedInvitation }) {
  return (
    <ShownOnce>
      <p className="text-muted">
        Send this link to {invitation.name}. It works once, and whoever opens it first joins as{" "}
        {invitation.role}.
      </p>
      <SecretOnce value={invitation.inviteUrl} label="invitation link" />
    </ShownOnce>
  );
}
