"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Money } from "#components/ui/money.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatBytes, formatCount, formatDuration } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { billingKey, changePlan, planQuery } from "#lib/client/queries/billing.ts";
import type { Plan } from "#lib/contract/index.ts";

/** What the plan allows and what a call costs. */
export function PlanCard() {
  const { slug: org } = useOrganization();
  const plan = useQuery(planQuery(org));
  const { data } = plan;
  return (
    <Card title="Plan" aside={data ? <span className="text-muted">{data.name}</span> : null}>
      {data ? (
        <>
          <DefinitionList>
            <Definition term="A tool call">
              <Money micros={data.prices.perCallMicros} /> + <Money micros={data.prices.per100MsMicros} /> per
              100 ms + <Money micros={data.prices.per64KibMicros} /> per 64 KiB
            </Definition>
            <Definition term="At most">
              <Money micros={data.callPriceCapMicros} /> a call, set aside before it runs
            </Definition>
            <Definition term="Hosted servers">
              {formatCount(data.hostedServers.used)} of {formatCount(data.hostedServers.max)}
            </Definition>
            <Definition term="Call duration">
              up to {formatDuration(data.caps.toolCallDurationMsMax)}
            </Definition>
            <Definition term="Message size">
              up to {formatBytes(data.caps.requestBytesMax)} in, {formatBytes(data.caps.responseBytesMax)} out
            </Definition>
            <Definition term="History">up to {formatCount(data.caps.retentionDaysMax)} days</Definition>
          </DefinitionList>
          {data.mayChange ? <OtherPlans plan={data} /> : null}
        </>
      ) : plan.isError ? (
        <QueryError query={plan} title="The plan could not be loaded" />
      ) : (
        <div className="grid gap-3 p-4">
          <Skeleton className="w-2/3" />
        </div>
      )}
    </Card>
  );
}

function OtherPlans({ plan }: { plan: Plan }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (next: string) => changePlan(org, next),
    onSuccess: ({ name }) => notify.success(`The plan is ${name} now`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: billingKey(org) }),
  });
  const [chosen, setChosen] = useState<Plan["available"][number] | null>(null);
  const others = plan.available.filter((other) => other.plan !== plan.plan);
  if (others.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2 border-t px-4 py-2.5">
      {others.map((other) => (
        <Button key={other.id} size="sm" onClick={() => setChosen(other)}>
          Change to {other.name}
        </Button>
      ))}
      <ConfirmDialog
        open={chosen !== null}
        onOpenChange={() => setChosen(null)}
        title={`Change to ${chosen?.name}?`}
        confirmLabel={`Change to ${chosen?.name}`}
        pending={change.isPending}
        error={change.error ? messageOf(change.error) : null}
        onConfirm={() => chosen && change.mutate(chosen.plan, { onSuccess: () => setChosen(null) })}
      >
        Its caps and prices count for calls that begin from then on.
      </ConfirmDialog>
    </div>
  );
}
