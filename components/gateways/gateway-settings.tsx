"use client";

// What is this gateway called, how does one get in, how much may one caller call, and how is it deleted?

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { errorOfField, isFieldError } from "#components/shell/field-errors.ts";
import { PageBody } from "#components/shell/page-body.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { gatewayQuery, gatewaysKey, updateGateway } from "#lib/client/queries/gateways.ts";
import type { AccessMethod, Gateway } from "#lib/contract/index.ts";
import { ACCESS_METHOD_LOOK } from "./access-methods.ts";
import { useGateway } from "./gateway-context.tsx";
import { GatewayDangerZone } from "./gateway-danger-zone.tsx";
import { GatewayFields } from "./gateway-fields.tsx";
import { formValuesOf, inputOf, sameValues } from "./gateway-form-values.ts";

export function GatewaySettings() {
  const { gateway, mayWrite } = useGateway();
  return (
    <PageBody narrow>
      {/* What somebody else saves meanwhile is what the form starts from. */}
      <Card title="General">
        <SettingsForm key={gateway.updatedAt} gateway={gateway} />
      </Card>
      {mayWrite ? <GatewayDangerZone /> : null}
    </PageBody>
  );
}

function SettingsForm({ gateway }: { gateway: Gateway }) {
  const { org, mayWrite } = useGateway();
  const queryClient = useQueryClient();
  const stored = formValuesOf(gateway);
  const [values, setValues] = useState(stored);
  const update = useMutation({
    mutationFn: () => updateGateway(org, gateway.id, inputOf(values)),
    onSuccess: (saved) => {
      queryClient.setQueryData(gatewayQuery(org, gateway.id).queryKey, saved);
      notify.success(`${saved.name}: settings saved`, {
        description: "They hold for every call within two seconds.",
      });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: gatewaysKey(org) }),
  });
  const closing = gateway.access.filter((method) => !values.access.includes(method));
  return (
    <form
      className="grid gap-5 p-4 sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate();
      }}
    >
      <GatewayFields
        values={values}
        onChange={setValues}
        readOnly={!mayWrite}
        errorOf={(field) => errorOfField(update.error, field)}
      />
      {closing.length > 0 ? <Notice tone="warn">{closingText(closing)}</Notice> : null}
      {update.error && !isFieldError(update.error, Object.keys(stored)) ? (
        <Notice tone="fail">{messageOf(update.error)}</Notice>
      ) : null}
      {mayWrite ? (
        <div>
          <Button
            type="submit"
            disabled={sameValues(values, stored) || values.access.length === 0}
            pending={update.isPending}
          >
            Save
          </Button>
        </div>
      ) : null}
    </form>
  );
}

const closingText = (closing: readonly AccessMethod[]): string =>
  `${closing.map((method) => ACCESS_METHOD_LOOK[method].label).join(" and ")} will be closed: callers who come in that way are refused within two seconds.`;
