"use client";

// How do I let callers in, but only those, and only to what they need?

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { errorOfField, isFieldError } from "#components/shell/field-errors.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { PageBody } from "#components/shell/page-body.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { DeniedState } from "#components/ui/denied-state.tsx";
import { Label } from "#components/ui/label.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { Switch } from "#components/ui/switch.tsx";
import { createGateway, gatewaysKey } from "#lib/client/queries/gateways.ts";
import { GatewayFields } from "./gateway-fields.tsx";
import { inputOf, NEW_GATEWAY } from "./gateway-form-values.ts";

const FIELDS = Object.keys(NEW_GATEWAY);

export function NewGateway() {
  const { slug: org, can } = useOrganization();
  return (
    <>
      <PageHeader crumbs={[{ label: "Gateways", href: `/${org}/gateways` }]} title="New gateway" />
      <PageBody narrow>
        <Card>
          {can("gateways:write") ? (
            <NewGatewayForm />
          ) : (
            <DeniedState detail="Creating gateways needs the role admin or owner. Ask one of them." />
          )}
        </Card>
      </PageBody>
    </>
  );
}

function NewGatewayForm() {
  const { slug: org } = useOrganization();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [values, setValues] = useState(NEW_GATEWAY);
  const [grantEveryone, setGrantEveryone] = useState(true);
  const create = useMutation({
    mutationFn: () => createGateway(org, { ...inputOf(values), grantEveryone }),
    onSuccess: (gateway) => {
      notify.success(`${gateway.name} is created`, {
        description: "Attach a server to give it a public URL.",
      });
      router.push(`/${org}/gateways/${gateway.id}/servers`);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: gatewaysKey(org) }),
  });
  return (
    <form
      className="grid gap-5 p-4 sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending && !create.isSuccess) create.mutate();
      }}
    >
      <GatewayFields
        values={values}
        onChange={setValues}
        readOnly={create.isPending}
        errorOf={(field) => errorOfField(create.error, field)}
        autoFocus
      />
      <GrantEveryone
        on={grantEveryone}
        onChange={setGrantEveryone}
        isPublic={values.access.includes("public")}
      />
      {create.error && !isFieldError(create.error, FIELDS) ? (
        <Notice tone="fail">{messageOf(create.error)}</Notice>
      ) : null}
      <div className="flex flex-wrap items-center justify-end gap-2 border-t pt-4">
        <Button asChild variant="ghost">
          <Link href={`/${org}/gateways`}>Cancel</Link>
        </Button>
        <Button
          type="submit"
          variant="primary"
          disabled={values.access.length === 0}
          pending={create.isPending || create.isSuccess}
        >
          Create gateway
        </Button>
      </div>
    </form>
  );
}

interface GrantEveryoneProps {
  on: boolean;
  onChange: (on: boolean) => void;
  isPublic: boolean;
}

/** The first grant, or none: what is not granted is denied. */
function GrantEveryone({ on, onChange, isPublic }: GrantEveryoneProps) {
  const id = useId();
  return (
    <div className="grid gap-2 rounded-md border p-3.5">
      <div className="flex items-start justify-between gap-4">
        <div className="grid gap-0.5">
          <Label htmlFor={id}>Everyone who gets in may call every tool</Label>
          <p id={`${id}-meaning`} className="text-muted text-xs">
            {on
              ? "Begins with one grant: everyone, all servers, all tools. Narrow it later, and calls outside it are denied within two seconds."
              : "Begins without a grant: whoever gets in is denied every tool until you say who may call what."}
          </p>
        </div>
        <Switch id={id} aria-describedby={`${id}-meaning`} checked={on} onCheckedChange={onChange} />
      </div>
      {on && isPublic ? (
        <Notice tone="warn">With a public way in, everybody who knows a URL may call every tool.</Notice>
      ) : null}
    </div>
  );
}
