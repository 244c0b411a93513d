"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { serversQuery, toolsQuery } from "#lib/client/queries/servers.ts";
import type { StartValues } from "./start-values.ts";
import { NEEDS_NO_SERVER } from "./symptoms.ts";

const NAME_CHARACTERS_MAX = 200;

interface SubjectFieldsProps {
  org: string;
  values: StartValues;
  onChange: (change: Partial<StartValues>) => void;
  errorOf: (field: keyof StartValues) => string | null;
}

/** What it is about: the server, and whatever else is known. */
export function SubjectFields({ org, values, onChange, errorOf }: SubjectFieldsProps) {
  const listId = useId();
  const servers = useQuery(serversQuery(org));
  const agents = useQuery(agentsQuery(org));
  const server = servers.data?.find(({ id, slug }) => id === values.server || slug === values.server);
  const agent = agents.data?.find(({ id, name }) => id === values.agent || name === values.agent);
  const tools = useQuery({ ...toolsQuery(org, server?.slug ?? ""), enabled: server !== undefined });
  const needsNoServer = values.symptom !== null && NEEDS_NO_SERVER.has(values.symptom);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Server" optional={needsNoServer} error={errorOf("server")}>
        {(control) => (
          <Select
            {...control}
            value={server?.slug ?? values.server}
            onChange={(event) => onChange({ server: event.target.value })}
          >
            <option value="">{needsNoServer ? "The whole organization" : "Choose a server"}</option>
            {values.server !== "" && server === undefined ? (
              <option value={values.server}>{values.server}</option>
            ) : null}
            {servers.data?.map(({ id, slug, name }) => (
              <option key={id} value={slug}>
                {name === slug ? name : `${name} (${slug})`}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Agent" optional error={errorOf("agent")}>
        {(control) => (
          <Select
            {...control}
            value={agent?.id ?? values.agent}
            onChange={(event) => onChange({ agent: event.target.value })}
          >
            <option value="">Any</option>
            {values.agent !== "" && agent === undefined ? (
              <option value={values.agent}>{values.agent}</option>
            ) : null}
            {agents.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Tool" optional error={errorOf("tool")}>
        {(control) => (
          <>
            <Input
              {...control}
              value={values.tool}
              onChange={(event) => onChange({ tool: event.target.value })}
              maxLength={NAME_CHARACTERS_MAX}
              list={listId}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              className="font-mono"
            />
            <datalist id={listId}>
              {tools.data?.tools.map(({ name }) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label="Client" optional hint="The name by which it introduces itself." error={errorOf("client")}>
        {(control) => (
          <Input
            {...control}
            value={values.client}
            onChange={(event) => onChange({ client: event.target.value })}
            maxLength={NAME_CHARACTERS_MAX}
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </Field>
      <Field
        label="When"
        optional
        hint="Empty: now. The half hour up to it is looked at."
        error={errorOf("at")}
      >
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            step={1}
            value={values.at}
            onChange={(event) => onChange({ at: event.target.value })}
          />
        )}
      </Field>
      {values.requestId === "" ? null : (
        <Field label="Call" optional error={errorOf("requestId")}>
          {(control) => (
            <Input
              {...control}
              value={values.requestId}
              onChange={(event) => onChange({ requestId: event.target.value })}
              maxLength={64}
              className="font-mono text-xs"
            />
          )}
        </Field>
      )}
    </div>
  );
}
