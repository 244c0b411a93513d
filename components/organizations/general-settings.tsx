"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { ApiError } from "#lib/client/api-error.ts";
import { organizationKey, updateOrganization } from "#lib/client/queries/organizations.ts";

/** What the organization is called, and what it is called in addresses and calls. */
export function GeneralSettings() {
  const organization = useOrganization();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [name, setName] = useState(organization.name);
  const readOnly = !organization.can("organization:write");
  const update = useMutation({
    mutationFn: () => updateOrganization(organization.slug, { name }),
    onSuccess: async () => {
      notify.success("The organization is renamed");
      await queryClient.invalidateQueries({ queryKey: organizationKey(organization.slug) });
      // The name also stands in the navigation, which the server renders.
      router.refresh();
    },
    onError: (error) => notify.error("The name was not saved", { description: messageOf(error) }),
  });
  return (
    <Card title="Organization">
      <form
        className="flex flex-wrap items-end gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate();
        }}
      >
        <Field
          label="Name"
          className="w-full max-w-sm"
          error={update.error instanceof ApiError ? update.error.fieldError("name") : null}
        >
          {(control) => (
            <Input
              {...control}
              value={name}
              onChange={(event) => setName(event.target.value)}
              required
              maxLength={100}
              readOnly={readOnly}
            />
          )}
        </Field>
        {readOnly ? null : (
          <Button type="submit" disabled={name === organization.name} pending={update.isPending}>
            Save
          </Button>
        )}
      </form>
      <DefinitionList className="border-t">
        <Definition term="Slug">
          <span className="font-mono text-xs">{organization.slug}</span>
          <span className="ml-2 text-faint text-xs">part of addresses; it does not change</span>
        </Definition>
        <Definition term="Id">
          <span className="inline-flex max-w-full items-center gap-1 font-mono text-xs">
            <span className="truncate">{organization.id}</span>
            <CopyButton value={organization.id} label="Copy organization id" />
          </span>
        </Definition>
        <Definition term="Plan">{organization.plan}</Definition>
        <Definition term="Your role">{organization.role ?? "none"}</Definition>
      </DefinitionList>
    </Card>
  );
}
