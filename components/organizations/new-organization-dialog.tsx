"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useNameAndSlug } from "#components/servers/use-name-and-slug.ts";
import { messageOf } from "#components/shell/error-message.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogClose, DialogContent, DialogFooter } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { ApiError } from "#lib/client/api-error.ts";
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
  const errorOf = (field: string) =>
    create.error instanceof ApiError ? create.error.fieldError(field) : null;
  const ownError = create.error && !errorOf("name") && !errorOf("slug");
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) create.mutate();
      }}
    >
      <DialogBody className="grid gap-4">
        {ownError ? <Notice tone="fail">{messageOf(create.error)}</Notice> : null}
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
      </DialogBody>
      <DialogFooter>
        <DialogClose asChild>
          <Button>Cancel</Button>
        </DialogClose>
        <Button type="submit" variant="primary" pending={create.isPending}>
          Create organization
        </Button>
      </DialogFooter>
    </form>
  );
}
