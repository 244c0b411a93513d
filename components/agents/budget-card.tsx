"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { errorOfField, isFieldError } from "#components/shell/field-errors.ts";
import { WhyReadOnly } from "#components/shell/why-read-only.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { notify } from "#components/ui/notify.ts";
import { agentBudgetQuery, agentsKey, updateAgentBudget } from "#lib/client/queries/agents.ts";
import type { AgentBudget } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { useAgent } from "./agent-context.tsx";
import { BudgetCapFields } from "./budget-cap-fields.tsx";
import { changeOf, formValuesOf, isSameBudget } from "./budget-form-values.ts";
import { BudgetGuardFields } from "./budget-guard-fields.tsx";
import { UserCapFields } from "./user-cap-fields.tsx";

/** The caps of every layer, and what happens at their edges. */
export function BudgetCard({ budget }: { budget: AgentBudget }) {
  const { mayBudget } = useAgent();
  return (
    <Card title="Budget" actions={mayBudget ? null : <WhyReadOnly changing="budgets" />}>
      {/* What somebody else saves meanwhile is what the form starts from. */}
      <BudgetForm key={budget.updatedAt} budget={budget} />
    </Card>
  );
}

function BudgetForm({ budget }: { budget: AgentBudget }) {
  const { org, agent, mayBudget } = useAgent();
  const queryClient = useQueryClient();
  const [values, setValues] = useState(() => formValuesOf(budget));
  const { change, wrong } = changeOf(values);
  const save = useMutation({
    mutationFn: () => updateAgentBudget(org, agent.id, change),
    onSuccess: (saved) => {
      queryClient.setQueryData(agentBudgetQuery(org, agent.id).queryKey, saved);
      notify.success(`The budget of ${agent.name} is saved`, {
        description: "It holds for every call within two seconds.",
      });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: agentsKey(org) }),
  });
  const errorOf = (field: string) => wrong[field] ?? errorOfField(save.error, field);
  const part = { values, onChange: setValues, readOnly: !mayBudget, errorOf };
  const isBelow = change.monthlyCapMicros !== null && isBelowSpent(change.monthlyCapMicros, budget);
  return (
    <form
      className="grid gap-6 p-4 sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(wrong).length === 0) save.mutate();
      }}
    >
      <BudgetCapFields {...part} />
      <UserCapFields {...part} />
      <BudgetGuardFields {...part} />
      {isBelow && wrong.monthlyCapMicros === undefined ? (
        <Notice tone="warn">
          The monthly cap is below what is spent already: every call that costs something is denied until the
          month ends or the cap is raised.
        </Notice>
      ) : null}
      {save.error && !isFieldError(save.error, Object.keys(values)) ? (
        <Notice tone="fail">{messageOf(save.error)}</Notice>
      ) : null}
      {mayBudget ? (
        <div className="flex flex-wrap items-center gap-3 border-t pt-4">
          <Button
            type="submit"
            variant="primary"
            disabled={isSameBudget(values, budget) || Object.keys(wrong).length > 0}
            pending={save.isPending}
          >
            Save budget
          </Button>
          <p className="text-muted text-xs">
            The most restrictive wins: the organization's credits, then these caps from top to bottom.
          </p>
        </div>
      ) : null}
    </form>
  );
}

const isBelowSpent = (capMicros: string, budget: AgentBudget): boolean =>
  capMicros !== budget.monthlyCapMicros && microsOf(capMicros) < microsOf(budget.spentMicros);
