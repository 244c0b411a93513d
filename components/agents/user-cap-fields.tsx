"use client";

import { Plus, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { MoneyInput } from "#components/ui/money-input.tsx";
import { agentLimits } from "#lib/kernel/limits/agents.ts";
import type { BudgetFormPart } from "./budget-form-part.ts";
import type { UserCapValues } from "./budget-form-values.ts";

/** Caps of single end users, which count instead of the one for everybody. */
export function UserCapFields({ values, onChange, readOnly, errorOf }: BudgetFormPart) {
  const id = useId();
  const [added, setAdded] = useState(0);
  const change = (userCaps: readonly UserCapValues[]) => onChange({ ...values, userCaps });
  if (readOnly && values.userCaps.length === 0) return null;
  return (
    <fieldset className="grid min-w-0 gap-2" disabled={readOnly}>
      <legend className="mb-2 font-medium">Caps of single end users</legend>
      {values.userCaps.length > 0 ? (
        <ul className="grid max-w-2xl gap-2">
          {values.userCaps.map((row, index) => {
            const error = errorOf(`userCaps.${row.key}`);
            const describedBy = error ? `${id}-${index}` : undefined;
            const put = (part: Partial<UserCapValues>) =>
              change(values.userCaps.map((other) => (other.key === row.key ? { ...row, ...part } : other)));
            return (
              <li key={row.key} className="grid gap-1">
                <div className="flex items-center gap-2">
                  <Input
                    aria-label="End user"
                    aria-describedby={describedBy}
                    value={row.endUser}
                    onChange={(event) => put({ endUser: event.target.value })}
                    placeholder="user-42"
                    maxLength={agentLimits.endUserCharactersMax}
                    autoComplete="off"
                    spellCheck={false}
                    className="flex-1 font-mono text-xs"
                  />
                  <MoneyInput
                    aria-label={`Monthly cap of ${row.endUser || "this end user"}`}
                    aria-describedby={describedBy}
                    value={row.cap}
                    onChange={(event) => put({ cap: event.target.value })}
                    placeholder="5.00"
                    className="w-32"
                  />
                  {readOnly ? null : (
                    <Button
                      size="icon"
                      variant="ghost"
                      aria-label={`Remove the cap of ${row.endUser || "this end user"}`}
                      onClick={() => change(values.userCaps.filter((other) => other.key !== row.key))}
                    >
                      <Trash2 aria-hidden="true" />
                    </Button>
                  )}
                </div>
                {error ? (
                  <p id={describedBy} role="alert" className="text-fail text-xs">
                    {error}
                  </p>
                ) : null}
              </li>
            );
          })}
        </ul>
      ) : null}
      {readOnly ? null : (
        <Button
          size="sm"
          className="w-fit"
          disabled={values.userCaps.length >= agentLimits.userCapsMax}
          onClick={() => {
            // No end user is called so: a stored row's key is its end user.
            change([...values.userCaps, { key: `\u0000${added}`, endUser: "", cap: "" }]);
            setAdded(added + 1);
          }}
        >
          <Plus aria-hidden="true" />
          Add an end user
        </Button>
      )}
    </fieldset>
  );
}
