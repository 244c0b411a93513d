"use client";

// What must a version show before it serves, and what is watched while it does?

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { parseArguments } from "#components/tools/tool-fields.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Label } from "#components/ui/label.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { serverConfigQuery, toolsQuery, updateServerConfig } from "#lib/client/queries/servers.ts";
import type { CheckPolicy, Tool } from "#lib/contract/index.ts";
import { CanaryField } from "./canary-field.tsx";
import { canaryOf, canaryValues } from "./canary-form.ts";
import { ExpectedToolsField } from "./expected-tools-field.tsx";
import { useServer } from "./server-context.tsx";

/** The gate that every publish passes, and the canary. */
export function ReleasePolicySettings({ readOnly }: { readOnly: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const config = useQuery(serverConfigQuery(org, server.slug));
  const tools = useQuery(toolsQuery(org, server.slug));
  return (
    <Card id="release-policy" title="Release policy" className="scroll-mt-4">
      {config.data === undefined ? (
        config.isError ? (
          <QueryError query={config} title="The release policy could not be loaded" />
        ) : (
          <div className="grid gap-3 p-4" aria-busy="true">
            <Skeleton className="w-1/3" />
            <Skeleton className="h-24" />
            <Skeleton className="w-1/2" />
          </div>
        )
      ) : (
        <PolicyForm
          key={JSON.stringify(config.data.checks)}
          policy={config.data.checks}
          tools={tools.data?.tools ?? []}
          readOnly={readOnly}
        />
      )}
    </Card>
  );
}

interface PolicyFormProps {
  policy: CheckPolicy;
  tools: readonly Tool[];
  readOnly: boolean;
}

function PolicyForm({ policy, tools, readOnly }: PolicyFormProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  const erasId = useId();
  const [expectedTools, setExpectedTools] = useState<readonly string[]>(policy.expectedTools);
  const [requireBothEras, setRequireBothEras] = useState(policy.requireBothEras);
  const [canary, setCanary] = useState(() => canaryValues(policy.canary));
  const save = useMutation({
    mutationFn: (checks: CheckPolicy) => updateServerConfig(org, server.slug, { checks }),
    onSuccess: (stored) => {
      queryClient.setQueryData(serverConfigQuery(org, server.slug).queryKey, stored);
      notify.success(`${server.name}: release policy saved`, {
        description: `The next ${server.kind === "hosted" ? "publish" : "activation"} must pass it; what serves now goes on.`,
      });
    },
  });
  const { arguments: args } = parseArguments(canary.json);
  const next: CheckPolicy | null =
    canary.isOn && (args === null || canary.tool.trim() === "")
      ? null
      : {
          expectedTools: [...expectedTools].sort(),
          requireBothEras,
          canary: canary.isOn && args !== null ? canaryOf(canary, args) : null,
        };
  const stored = { ...policy, expectedTools: [...policy.expectedTools].sort() };
  const isChanged = next === null || !isSamePolicy(next, stored);
  const disabled = readOnly || save.isPending;
  return (
    <form
      className="grid gap-5 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (next !== null) save.mutate(next);
      }}
    >
      <p className="-mb-1 text-muted">
        {server.kind === "hosted"
          ? "A version that does not pass never serves, and the one before it goes on. It must always start and list its tools."
          : "The server is activated only when its upstream passes. It must always list its tools."}
      </p>
      <ExpectedToolsField
        known={tools.map(({ name }) => name)}
        expected={expectedTools}
        disabled={disabled}
        onChange={setExpectedTools}
      />
      <div className="flex items-start justify-between gap-4">
        <div className="grid gap-0.5">
          <Label htmlFor={erasId}>Require both protocol eras</Label>
          <p className="text-muted text-xs">
            tools/list must pass as clients of 2025-11-25 and as clients of 2026-07-28 ask; else one is
            enough.
          </p>
        </div>
        <Switch
          id={erasId}
          checked={requireBothEras}
          disabled={disabled}
          onCheckedChange={setRequireBothEras}
        />
      </div>
      <CanaryField
        values={canary}
        tools={tools}
        disabled={disabled}
        onChange={(change) => setCanary((current) => ({ ...current, ...change }))}
      />
      {save.error ? <Notice tone="fail">{messageOf(save.error)}</Notice> : null}
      {readOnly ? null : (
        <div>
          <Button type="submit" disabled={!isChanged || next === null} pending={save.isPending}>
            Save policy
          </Button>
        </div>
      )}
    </form>
  );
}

const isSamePolicy = (left: CheckPolicy, right: CheckPolicy): boolean =>
  left.requireBothEras === right.requireBothEras &&
  left.expectedTools.join("\n") === right.expectedTools.join("\n") &&
  left.canary?.tool === right.canary?.tool &&
  left.canary?.expectedText === right.canary?.expectedText &&
  left.canary?.everySeconds === right.canary?.everySeconds &&
  JSON.stringify(left.canary?.arguments) === JSON.stringify(right.canary?.arguments);
