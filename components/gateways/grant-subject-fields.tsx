"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { gatewayKeysQuery } from "#lib/client/queries/gateways.ts";
import { useGateway } from "./gateway-context.tsx";
import { SUBJECT_CHOICES, SUBJECT_LOOK } from "./grant-subjects.ts";
import type { SubjectFormValues } from "./subject-form-values.ts";

interface GrantSubjectFieldsProps {
  value: SubjectFormValues;
  onChange: (value: SubjectFormValues) => void;
  error: string | null;
}

/** Whom a new grant is for. */
export function GrantSubjectFields({ value, onChange, error }: GrantSubjectFieldsProps) {
  const { gateway } = useGateway();
  const change = (part: Partial<SubjectFormValues>) => onChange({ ...value, ...part });
  const { needs } = SUBJECT_LOOK[value.kind];
  return (
    <div className="grid gap-3">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="Who" error={value.kind === "everyone" ? error : null}>
          {(control) => (
            <Select
              {...control}
              value={value.kind}
              onChange={(event) => {
                const choice = SUBJECT_CHOICES.find(({ kind }) => kind === event.target.value);
                if (choice) change({ kind: choice.kind });
              }}
            >
              {SUBJECT_CHOICES.map(({ kind, label }) => (
                <option key={kind} value={kind}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {value.kind === "key" ? (
          <KeyField value={value.keyId} onChange={(keyId) => change({ keyId })} error={error} />
        ) : null}
        {value.kind === "agent" ? (
          <AgentField value={value.agentId} onChange={(agentId) => change({ agentId })} error={error} />
        ) : null}
        {value.kind === "oauth_subject" ? (
          <TokenField
            label="Subject"
            hint="The sub of its tokens, exactly."
            error={error}
            value={value.subject}
            onChange={(subject) => change({ subject })}
            charactersMax={500}
          />
        ) : null}
      </div>
      {value.kind === "oauth_claim" ? (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TokenField
            label="Claim"
            hint="Its name in the token, such as groups."
            value={value.claim}
            onChange={(claim) => change({ claim })}
            charactersMax={100}
          />
          <TokenField
            label="Value"
            hint="The claim equals it, or is a list that holds it."
            error={error}
            value={value.value}
            onChange={(value) => change({ value })}
            charactersMax={500}
          />
        </div>
      ) : null}
      {needs !== null && !gateway.access.includes(needs) ? (
        <Notice tone="warn">
          {needs === "key" ? "Keys are" : "OAuth is"} not a way into this gateway, so nobody matches this
          grant until that is on.
        </Notice>
      ) : null}
    </div>
  );
}

interface TokenFieldProps {
  label: string;
  hint: string;
  error?: string | null;
  value: string;
  onChange: (value: string) => void;
  charactersMax: number;
}

/** Something that stands in an access token, letter by letter. */
function TokenField({ label, hint, error = null, value, onChange, charactersMax }: TokenFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <Input
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          required
          maxLength={charactersMax}
          spellCheck={false}
          autoComplete="off"
          className="font-mono text-xs"
        />
      )}
    </Field>
  );
}

interface PickerProps {
  value: string;
  onChange: (id: string) => void;
  error: string | null;
}

function AgentField({ value, onChange, error }: PickerProps) {
  const { org } = useGateway();
  const agents = useQuery(agentsQuery(org));
  return (
    <Field
      label="Agent"
      error={
        error ?? (agents.isError && agents.data === undefined ? "The agents could not be loaded." : null)
      }
      hint={
        agents.data?.length === 0 ? (
          <>
            There is no agent yet.{" "}
            <Link href={`/${org}/agents/new`} className="text-accent underline">
              Make one
            </Link>
          </>
        ) : (
          "It also has to be attached to the server, on its own page."
        )
      }
    >
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)} required>
          <option value="" disabled>
            {agents.isPending ? "Loading…" : "Choose an agent"}
          </option>
          {(agents.data ?? []).map((agent) => (
            <option key={agent.id} value={agent.id}>
              {agent.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function KeyField({ value, onChange, error }: PickerProps) {
  const { org, gateway } = useGateway();
  const keys = useQuery(gatewayKeysQuery(org, gateway.id));
  const usable = (keys.data ?? []).filter((key) => key.revokedAt === null);
  return (
    <Field
      label="Key"
      error={error ?? (keys.isError && keys.data === undefined ? "The keys could not be loaded." : null)}
      hint={
        keys.data && usable.length === 0 ? (
          <>
            There is no key yet.{" "}
            <Link href={`/${org}/gateways/${gateway.id}/keys?new=true`} className="text-accent underline">
              Make one
            </Link>
          </>
        ) : undefined
      }
    >
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)} required>
          <option value="" disabled>
            {keys.isPending ? "Loading…" : "Choose a key"}
          </option>
          {usable.map((key) => (
            <option key={key.id} value={key.id}>
              {key.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
