"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Power } from "lucide-react";
import { type FormEvent, useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { notify } from "#components/ui/notify.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { alertsKey, updateAlertRule } from "#lib/client/queries/alerts.ts";
import type { AlertRule } from "#lib/contract/index.ts";
import { objectiveOf, objectiveText } from "./objective.ts";

type Change = Partial<Pick<AlertRule, "isOn" | "objective">>;

/** One rule: what it looks at, whether it is on, and how many of its states last. */
export function RuleItem({ rule, mayWrite }: { rule: AlertRule; mayWrite: boolean }) {
  const { slug: org } = useOrganization();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: Change) => updateAlertRule(org, rule.rule, wanted),
    onError: (error) => notify.error(`${rule.title} was not changed`, { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: alertsKey(org) }),
  });
  const isOn = (change.isPending ? change.variables.isOn : undefined) ?? rule.isOn;
  return (
    <li className="grid gap-1.5 px-4 py-3">
      <div className="flex items-start gap-3">
        <div className="grid min-w-0 flex-1 gap-0.5">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <h3 className="font-medium">{rule.title}</h3>
            <Firing rule={rule} />
          </div>
          <p className="text-muted text-xs">{rule.description}</p>
        </div>
        {mayWrite ? (
          <Switch
            aria-label={`${rule.title} is on`}
            className="mt-0.5"
            checked={isOn}
            disabled={change.isPending}
            onCheckedChange={(on) => change.mutate({ isOn: on })}
          />
        ) : null}
      </div>
      {rule.objective === null || !rule.isOn ? null : (
        <Objective
          key={rule.objective}
          objective={rule.objective}
          mayWrite={mayWrite}
          isSaving={change.isPending}
          onSave={(objective) =>
            change.mutate({ objective }, { onSuccess: () => notify.success("The objective is set") })
          }
        />
      )}
    </li>
  );
}

function Firing({ rule: { isOn, firing } }: { rule: AlertRule }) {
  if (!isOn)
    return (
      <Pill icon={Power} tone="unknown">
        off
      </Pill>
    );
  return firing > 0 ? (
    <Pill icon={CircleAlert} tone="fail">
      {formatCount(firing)} now
    </Pill>
  ) : (
    <Pill icon={CircleCheck} tone="ok">
      quiet
    </Pill>
  );
}

interface ObjectiveProps {
  objective: number;
  mayWrite: boolean;
  isSaving: boolean;
  onSave: (objective: number) => void;
}

/** The share of calls that are to succeed: what is left of it is the budget of errors that the rule watches. */
function Objective({ objective, mayWrite, isSaving, onSave }: ObjectiveProps) {
  const [text, setText] = useState(objectiveText(objective));
  const wanted = objectiveOf(text);
  if (!mayWrite)
    return <p className="text-muted text-xs">Objective: {objectiveText(objective)} % of calls succeed.</p>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted !== null && wanted !== objective) onSave(wanted);
  };
  return (
    <form className="flex flex-wrap items-end gap-2" onSubmit={submit}>
      <Field
        label="Objective"
        error={wanted === null ? "Give a share from 50 to 99.99." : null}
        className="max-w-64"
      >
        {(control) => (
          <span className="flex items-center gap-2">
            <Input
              {...control}
              inputMode="decimal"
              autoComplete="off"
              className="w-24 text-right"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <span className="text-muted">% of calls succeed</span>
          </span>
        )}
      </Field>
      {wanted !== objective && wanted !== null ? (
        <Button type="submit" pending={isSaving}>
          Save
        </Button>
      ) : null}
    </form>
  );
}
