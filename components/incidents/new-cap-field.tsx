"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Money } from "#components/ui/money.tsx";
import { MoneyInput } from "#components/ui/money-input.tsx";
import { agentBudgetQuery } from "#lib/client/queries/agents.ts";
import { microsOfUsd } from "#lib/kernel/money.ts";

interface NewCap {
  typed: string;
  /** As typed, or null when that is no amount. */
  micros: bigint | null;
  error: string | null;
  onChange: (typed: string) => void;
  /** Says what is wrong at the field, or true. */
  check: () => boolean;
}

/** A monthly cap that is being typed. */
export function useNewCap(): NewCap {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const micros = microsOfUsd(typed);
  return {
    typed,
    micros,
    error,
    onChange: (text) => {
      setTyped(text);
      setError(null);
    },
    check: () => {
      const isAmount = micros !== null && micros >= 0n;
      setError(isAmount ? null : "Give an amount in USD such as 25 or 0.50, with at most six decimals.");
      return isAmount;
    },
  };
}

/** The new cap, beside what is spent of the one there is. */
export function NewCapField({ org, agent, cap }: { org: string; agent: string; cap: NewCap }) {
  const { data: budget } = useQuery(agentBudgetQuery(org, agent));
  return (
    <Field
      label="New monthly cap"
      error={cap.error}
      hint={
        budget ? (
          <>
            <Money micros={budget.spentMicros} /> spent of{" "}
            {budget.monthlyCapMicros === null ? "no cap" : <Money micros={budget.monthlyCapMicros} />} this
            month.
          </>
        ) : null
      }
    >
      {(control) => (
        <MoneyInput
          {...control}
          value={cap.typed}
          onChange={(event) => cap.onChange(event.target.value)}
          autoFocus
        />
      )}
    </Field>
  );
}
