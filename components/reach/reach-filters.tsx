"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { reachQuery } from "#lib/client/queries/diagnosis.ts";
import { type ReachSearch, reachViewOf } from "./reach-search.ts";

interface ReachFiltersProps {
  search: ReachSearch;
  onChange: (change: { client?: string | null; agent?: string | null }) => void;
}

/** Whose arrival is asked for: a client by the name it gives itself, an agent. */
export function ReachFilters({ search, onChange }: ReachFiltersProps) {
  const { slug: org, can } = useOrganization();
  const agents = useQuery({ ...agentsQuery(org), enabled: can("agents:read") });
  const [client, setClient] = useState(search.client);
  const listId = useId();
  const [isChoosing, setChoosing] = useState(false);
  const everyone = useQuery({
    ...reachQuery(org, useServer().slug, { ...reachViewOf(search), client: "", agent: "" }),
    enabled: isChoosing,
  });
  const clients = [...new Set(everyone.data?.clients.map((reach) => reach.client))].filter(Boolean);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (client.trim() !== search.client) onChange({ client: client.trim() || null });
  };
  const known = agents.data ?? [];
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <form onSubmit={submit}>
        <SearchInput
          aria-label="Client"
          placeholder="Client, e.g. claude-code"
          className="w-56"
          value={client}
          onChange={(event) => setClient(event.target.value)}
          list={listId}
          onFocus={() => setChoosing(true)}
          onBlur={() => submit()}
        />
        <datalist id={listId}>
          {clients.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </form>
      {known.length > 0 || search.agent !== "" ? (
        <Select
          aria-label="Agent"
          className="max-w-52"
          value={search.agent}
          onChange={(event) => onChange({ agent: event.target.value || null })}
        >
          <option value="">All callers</option>
          {known.some(({ id }) => id === search.agent) || search.agent === "" ? null : (
            <option value={search.agent}>{withSigns(search.agent)}</option>
          )}
          {known.map(({ id, name }) => (
            <option key={id} value={id}>
              {withSigns(name)}
            </option>
          ))}
        </Select>
      ) : null}
      {search.client !== "" || search.agent !== "" ? (
        <Button size="sm" variant="ghost" onClick={() => onChange({ client: null, agent: null })}>
          <X aria-hidden="true" />
          Clear
        </Button>
      ) : null}
    </div>
  );
}
