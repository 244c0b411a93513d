"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorOfField, errorOfForm } from "#components/shell/field-errors.ts";
import { Dialog, DialogContent } from "#components/ui/dialog.tsx";
import { DialogForm } from "#components/ui/dialog-form.tsx";
import { Field } from "#components/ui/field.tsx";
import { notify } from "#components/ui/notify.ts";
import { Select } from "#components/ui/select.tsx";
import { createGrant, gatewayKey, updateGrant } from "#lib/client/queries/gateways.ts";
import type { Grant } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";
import { numberOrNull, numberText } from "./gateway-form-values.ts";
import { GrantSubjectFields } from "./grant-subject-fields.tsx";
import { SUBJECT_LOOK } from "./grant-subjects.ts";
import { LimitFields } from "./limit-fields.tsx";
import { NEW_SUBJECT, subjectOf } from "./subject-form-values.ts";
import { ToolPicker } from "./tool-picker.tsx";
import { useKnownTools } from "./use-known-tools.ts";

const FIELDS = ["subject", "server", "tools", "callsPerMinuteMax", "concurrentMax"];

/** Makes a grant, or changes what an existing one allows; whom it is for stays as it is. */
export function GrantDialog({ grant, onClose }: { grant: Grant | null; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={grant ? `Grant for ${grant.subjectLabel}` : "New grant"}
        className="max-w-2xl sm:top-[8vh] sm:max-h-[84vh]"
      >
        <GrantForm grant={grant} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function GrantForm({ grant, onClose }: { grant: Grant | null; onClose: () => void }) {
  const { org, gateway } = useGateway();
  const queryClient = useQueryClient();
  const [subject, setSubject] = useState(NEW_SUBJECT);
  const [serverId, setServerId] = useState<string | null>(grant?.serverId ?? null);
  const [tools, setTools] = useState<readonly string[]>(grant?.tools ?? ["*"]);
  const [limits, setLimits] = useState({
    callsPerMinuteMax: numberText(grant?.callsPerMinuteMax ?? null),
    concurrentMax: numberText(grant?.concurrentMax ?? null),
  });
  const known = useKnownTools(serverId);
  const save = useMutation({
    mutationFn: () => {
      const allowed = {
        tools: [...tools],
        callsPerMinuteMax: numberOrNull(limits.callsPerMinuteMax),
        concurrentMax: numberOrNull(limits.concurrentMax),
      };
      return grant
        ? updateGrant(org, gateway.id, grant.id, allowed)
        : createGrant(org, gateway.id, { ...allowed, subject: subjectOf(subject), server: serverId });
    },
    onSuccess: (saved) => {
      notify.success(`The grant for ${saved.subjectLabel} is saved`, {
        description: "It holds for every call within two seconds.",
      });
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: gatewayKey(org, gateway.id) }),
  });
  const errorOf = (field: string) => errorOfField(save.error, field);
  return (
    <DialogForm
      submit={grant ? "Save grant" : "Create grant"}
      disabled={tools.length === 0}
      pending={save.isPending}
      onSubmit={() => save.mutate()}
      error={errorOfForm(save.error, FIELDS)}
    >
      {grant ? (
        <ExistingSubject grant={grant} />
      ) : (
        <>
          <GrantSubjectFields value={subject} onChange={setSubject} error={errorOf("subject")} />
          <Field label="Server" error={errorOf("server")}>
            {(control) => (
              <Select
                {...control}
                value={serverId ?? ""}
                onChange={(event) => setServerId(event.target.value || null)}
              >
                <option value="">All servers, also those attached later</option>
                {gateway.servers.map((server) => (
                  <option key={server.serverId} value={server.serverId}>
                    {server.serverName}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </>
      )}
      <ToolPicker patterns={tools} onChange={setTools} tools={known} error={errorOf("tools")} />
      <LimitFields
        {...limits}
        onChange={(change) => setLimits({ ...limits, ...change })}
        readOnly={false}
        errorOf={errorOf}
        none="the gateway's limit"
      />
    </DialogForm>
  );
}

function ExistingSubject({ grant }: { grant: Grant }) {
  const { gateway } = useGateway();
  const { icon: Icon, kind } = SUBJECT_LOOK[grant.subject.kind];
  const server = gateway.servers.find(({ serverId }) => serverId === grant.serverId);
  return (
    <p className="flex items-start gap-2 text-muted">
      <Icon aria-hidden="true" className="mt-0.5 size-3.75 shrink-0 text-faint" />
      <span className="min-w-0 break-words">
        <span className="font-medium text-fg">{grant.subjectLabel}</span> ({kind}) on{" "}
        <span className="font-medium text-fg">
          {grant.serverId === null ? "all servers" : (server?.serverName ?? grant.serverSlug)}
        </span>
        . For somebody else, or another server, make another grant.
      </span>
    </p>
  );
}
