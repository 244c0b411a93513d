"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import type { OpenMenu } from "#components/shell/menu-button.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { createSavedView, savedViewsQuery } from "#lib/client/queries/logs.ts";
import type { RequestSearch } from "./request-search.ts";
import { savedQueryOf } from "./saved-search.ts";

const NAME_CHARACTERS_MAX = 80;

interface SaveViewDialogProps extends OpenMenu {
  search: RequestSearch;
}

/** Keeps the present log, window and filters under a name. */
export function SaveViewDialog({ search, onClose, onReturnFocus }: SaveViewDialogProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const saving = useMutation({
    mutationFn: () =>
      createSavedView(org, server.slug, { log: search.log, name, query: savedQueryOf(search), isShared }),
    onSuccess: () => {
      notify.success(`Saved as ${name.trim()}`);
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries(savedViewsQuery(org, server.slug)),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Save this view"
        description="Keeps the log, the window and the filters, not the page."
        onCloseAutoFocus={(event) => {
          // The item of the menu that led here is gone.
          event.preventDefault();
          onReturnFocus();
        }}
      >
        <DialogForm
          submit="Save view"
          pending={saving.isPending}
          onSubmit={() => saving.mutate()}
          error={errorOfForm(saving.error, ["name"])}
        >
          <Field label="Name" error={errorOfField(saving.error, "name")}>
            {(control) => (
              <Input
                {...control}
                value={name}
                onChange={(event) => setName(event.target.value)}
                placeholder="Failed refunds"
                required
                autoFocus
                maxLength={NAME_CHARACTERS_MAX}
                autoComplete="off"
              />
            )}
          </Field>
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is a button with a role */}
          <label className="flex items-center gap-2 text-sm">
            <Checkbox checked={isShared} onCheckedChange={(checked) => setShared(checked === true)} />
            Share it with everybody in the organization
          </label>
        </DialogForm>
      </DialogContent>
    </Dialog>
  );
}
