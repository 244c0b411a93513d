"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { serversQuery } from "#lib/client/queries/servers.ts";

interface ServerChoicesProps {
  /** Null: all. */
  serverIds: readonly string[] | null;
  onChange: (serverIds: readonly string[] | null) => void;
  error: string | null;
}

/** Of which servers a drain sends the logs. */
export function ServerChoices({ serverIds, onChange, error }: ServerChoicesProps) {
  const { slug: org } = useOrganization();
  const id = useId();
  const servers = useQuery({ ...serversQuery(org), enabled: serverIds !== null });
  return (
    <div className="grid gap-2">
      <Field label="Servers" error={error}>
        {(control) => (
          <Select
            {...control}
            value={serverIds === null ? "all" : "some"}
            onChange={(event) => onChange(event.target.value === "all" ? null : [])}
          >
            <option value="all">All servers, also those made later</option>
            <option value="some">Only these</option>
          </Select>
        )}
      </Field>
      {serverIds === null ? null : servers.data === undefined ? (
        servers.isError ? (
          <p className="text-fail text-xs">The servers could not be loaded. Close this and try again.</p>
        ) : (
          <Skeleton className="w-1/2" />
        )
      ) : (
        <ul className="grid max-h-44 gap-1.5 overflow-y-auto rounded-md border p-2.5" aria-label="Servers">
          {servers.data.map((server) => (
            <li key={server.id} className="flex items-center gap-2.5">
              <Checkbox
                id={`${id}-${server.id}`}
                checked={serverIds.includes(server.id)}
                onCheckedChange={(on) =>
                  onChange(
                    on === true
                      ? [...serverIds, server.id]
                      : serverIds.filter((other) => other !== server.id),
                  )
                }
              />
              <label htmlFor={`${id}-${server.id}`} className="min-w-0 truncate">
                {server.name} <span className="text-faint">{server.slug}</span>
              </label>
            </li>
          ))}
          {servers.data.length === 0 ? <li className="text-muted">There is no server yet.</li> : null}
        </ul>
      )}
    </div>
  );
}
