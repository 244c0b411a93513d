"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { callerOf } from "#components/requests/callers.ts";
import { DECISION_REASONS, lookOfReason, REASON_TOPICS } from "#components/requests/decision-reasons.ts";
import { WindowPicker } from "#components/requests/window-picker.tsx";
import { Button } from "#components/ui/button.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { gatewayKeysQuery } from "#lib/client/queries/gateways.ts";
import type { GatewayLogRow } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";
import {
  type GatewayLogChange,
  type GatewayLogSearch,
  isNarrowed,
  NO_FILTERS,
} from "./gateway-log-search.ts";

interface GatewayLogFiltersProps {
  search: GatewayLogSearch;
  /** The rows of the page: their callers can be chosen, too. */
  rows: readonly GatewayLogRow[];
  onChange: (change: GatewayLogChange) => void;
}

/** Window and filters of a gateway's log; all of it is in the address. */
export function GatewayLogFilters({ search, rows, onChange }: GatewayLogFiltersProps) {
  const { gateway } = useGateway();
  const change = (part: GatewayLogChange) => onChange({ ...part, page: null, asOf: null });
  const servers = gateway.servers.map(({ serverSlug, serverName }) => ({
    value: serverSlug,
    label: serverName,
  }));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <WindowPicker
        value={{ window: search.window, from: search.from, to: search.to }}
        onChange={({ window, from, to }) => change({ window, from, to })}
      />
      <DecisionSelect
        value={search.decision}
        onChange={(decision) => change({ decision: decision || null })}
      />
      <Select
        aria-label="Server"
        value={search.server}
        onChange={(event) => change({ server: event.target.value || null })}
        className="max-w-40 text-xs"
      >
        <option value="">All servers</option>
        {withChosen(servers, search.server).map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <CallerSelect
        value={search.principal}
        rows={rows}
        onChange={(principal) => change({ principal: principal || null })}
      />
      <RequestIdInput
        key={search.requestId}
        value={search.requestId}
        onChange={(requestId) => change({ requestId: requestId || null })}
      />
      {isNarrowed(search) ? (
        <Button size="sm" variant="ghost" onClick={() => onChange(NO_FILTERS)}>
          <X aria-hidden="true" />
          Reset
        </Button>
      ) : null}
    </div>
  );
}

interface Choice {
  value: string;
  label: string;
}

/** What the address asks for can be chosen even when it is not known here. */
const withChosen = (choices: readonly Choice[], chosen: string): readonly Choice[] =>
  chosen === "" || choices.some(({ value }) => value === chosen)
    ? choices
    : [{ value: chosen, label: chosen }, ...choices];

function DecisionSelect({ value, onChange }: { value: string; onChange: (decision: string) => void }) {
  return (
    <Select
      aria-label="Decision"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="max-w-48 text-xs"
    >
      <option value="">All decisions</option>
      <option value="allowed">Allowed</option>
      <option value="denied">Denied</option>
      {REASON_TOPICS.map((topic) => (
        <optgroup key={topic} label={topic}>
          {DECISION_REASONS.filter((reason) => lookOfReason(reason).topic === topic).map((reason) => (
            <option key={reason} value={reason}>
              {lookOfReason(reason).label}
            </option>
          ))}
        </optgroup>
      ))}
    </Select>
  );
}

interface CallerSelectProps {
  value: string;
  rows: readonly GatewayLogRow[];
  onChange: (principal: string) => void;
}

/** Anonymous callers, the keys of the gateway, and whoever else is on the page. */
function CallerSelect({ value, rows, onChange }: CallerSelectProps) {
  const { org, gateway } = useGateway();
  const keys = useQuery(gatewayKeysQuery(org, gateway.id));
  const choices = new Map<string, string>([["anonymous", "anonymous"]]);
  for (const key of keys.data ?? []) choices.set(`key:${key.id}`, key.name);
  for (const { decision } of rows) {
    if (decision?.principal && !choices.has(decision.principal))
      choices.set(decision.principal, callerOf(decision));
  }
  const listed = withChosen(
    [...choices].map(([principal, label]) => ({ value: principal, label })),
    value,
  );
  return (
    <Select
      aria-label="Caller"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="max-w-44 text-xs"
    >
      <option value="">All callers</option>
      {listed.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </Select>
  );
}

/** Takes effect on Enter, or when one leaves the field. */
function RequestIdInput({ value, onChange }: { value: string; onChange: (requestId: string) => void }) {
  const [typed, setTyped] = useState(value);
  const apply = () => {
    if (typed.trim() !== value) onChange(typed.trim());
  };
  return (
    <form
      className="w-full sm:w-52"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <SearchInput
        aria-label="Request id"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={apply}
        placeholder="Request id"
        maxLength={64}
        spellCheck={false}
        className="[&_input]:font-mono [&_input]:text-xs"
      />
    </form>
  );
}
