"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useNameAndSlug } from "#components/servers/use-name-and-slug.ts";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { createOrganization } from "#lib/client/queries/organizations.ts";

/** Makes one more organization, and leads to it. */
export function NewOrganizationDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title="New organization"
        description="Its servers, members, tokens and logs are apart from every other organization. You own it."
      >
        <NewOrganizationForm onMade={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function NewOrganizationForm({ onMade }: { onMade: () => void }) {
  const router = useRouter();
  const names = useNameAndSlug();
  const create = useMutation({
    mutationFn: () => createOrganization({ name: names.name.trim(), slug: names.slug }),
    onSuccess: ({ name, slug }) => {
      onMade();
      notify.success(`${name} is ready`);
      router.push(`/${slug}`);
    },
  });
  const errorOf = (field: string) => errorOfField(create.error, field);
  return (
    <DialogForm
      submit="Create organization"
      pending={create.isPending}
      onSubmit={() => create.mutate()}
      error={errorOfForm(create.error, ["name", "slug"])}
    >
      <Field label="Name" error={errorOf("name")}>
        {(control) => (
          <Input
            {...control}
            value={names.name}
            onChange={(event) => names.setName(event.target.value)}
            required
            autoFocus
            maxLength={100}
            autoComplete="off"
          />
        )}
      </Field>
      <Field label="Slug" hint={`Its pages live at /${names.slug || "…"}.`} error={errorOf("slug")}>
        {(control) => (
          <Input
            {...control}
            value={names.slug}
            onChange={(event) => names.setSlug(event.target.value)}
            required
            minLength={2}
            maxLength={63}
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
          />
        )}
      </Field>
    </DialogForm>
  );
}
