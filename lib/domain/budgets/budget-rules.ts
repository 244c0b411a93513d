import type { UpdateAgentBudget } from "#lib/contract/index.ts";
import { DomainError, type FieldError } from "#lib/kernel/errors.ts";
import { formatUsd } from "#lib/kernel/money.ts";

/**
 * Throws `invalid_input` for a cap that is set and could never count, because the month of the whole agent ends before it,
 * and for an end user who is named twice. Only what is set is looked at: the monthly cap can always be lowered.
 */
export function assertCapsFit(changes: UpdateAgentBudget, monthlyCapMicros: bigint | null): void {
  const errors = [...problemsOfNarrowCaps(changes, monthlyCapMicros), ...problemsOfNames(changes)];
  const [first] = errors;
  if (!first) return;
  throw new DomainError("invalid_input", `The input is not valid. ${first.path}: ${first.message}`, {
    errors,
  });
}

function problemsOfNarrowCaps(changes: UpdateAgentBudget, monthly: bigint | null): FieldError[] {
  if (monthly === null) return [];
  const { defaultUserCapMicros, anonymousUserCapMicros, sessionCapMicros, userCaps = [] } = changes;
  const named = [
    ...Object.entries({ defaultUserCapMicros, anonymousUserCapMicros, sessionCapMicros }),
    ...userCaps.map(({ capMicros }, index) => [`userCaps.${index}.capMicros`, capMicros] as const),
  ];
  return named.flatMap(([path, cap]) =>
    cap === null || cap === undefined || BigInt(cap) <= monthly
      ? []
      : {
          path,
          code: "above_monthly_cap",
          message: `This is above the agent's monthly cap of ${formatUsd(monthly)} USD, so it would never count. Lower it, or raise the monthly cap.`,
        },
  );
}

function problemsOfNames({ userCaps = [] }: UpdateAgentBudget): FieldError[] {
  const seen = new Set<string>();
  return userCaps.flatMap(({ endUser }, index) => {
    if (!seen.has(endUser)) {
      seen.add(endUser);
      return [];
    }
    return {
      path: `userCaps.${index}.endUser`,
      code: "duplicate",
      message: "This end user has a cap already.",
    };
  });
}
