import type { AgentBudget, UpdateAgentBudget } from "#lib/contract/index.ts";
import { formatUsd, microsOf, microsOfUsd } from "#lib/kernel/money.ts";

/** One end user's own cap, as its row holds it. `key` is the row's, and stays while it is typed in. */
export interface UserCapValues {
  readonly key: string;
  readonly endUser: string;
  readonly cap: string;
}

/** A budget as its form holds it: amounts in USD as typed, empty for "no cap". */
export interface BudgetFormValues {
  readonly monthlyCapMicros: string;
  readonly defaultUserCapMicros: string;
  readonly anonymousUserCapMicros: string;
  readonly sessionCapMicros: string;
  readonly userCaps: readonly UserCapValues[];
  readonly onUnavailable: AgentBudget["onUnavailable"];
  readonly loopCallsPerMinuteMax: string;
  /** Percentages, separated by commas or spaces. */
  readonly alertThresholds: string;
}

export const CAP_FIELDS = [
  "monthlyCapMicros",
  "defaultUserCapMicros",
  "anonymousUserCapMicros",
  "sessionCapMicros",
] as const;
export type CapField = (typeof CAP_FIELDS)[number];

const usdText = (micros: string | null): string =>
  micros === null ? "" : formatUsd(microsOf(micros), { groups: false });

export const formValuesOf = (budget: AgentBudget): BudgetFormValues => ({
  monthlyCapMicros: usdText(budget.monthlyCapMicros),
  defaultUserCapMicros: usdText(budget.defaultUserCapMicros),
  anonymousUserCapMicros: usdText(budget.anonymousUserCapMicros),
  sessionCapMicros: usdText(budget.sessionCapMicros),
  userCaps: budget.userCaps.map(({ endUser, capMicros }) => ({
    key: endUser,
    endUser,
    cap: usdText(capMicros),
  })),
  onUnavailable: budget.onUnavailable,
  loopCallsPerMinuteMax: budget.loopCallsPerMinuteMax === null ? "" : String(budget.loopCallsPerMinuteMax),
  alertThresholds: budget.alertThresholds.join(", "),
});

const NO_AMOUNT = "Give an amount in USD such as 25 or 0.50, with at most six decimals.";
const NEGATIVE = "Give an amount of zero or more.";
const NO_NUMBER = "Give a whole number.";

/** What the API is told, or what is wrong with what was typed, by field (`userCaps.{key}` for a row). */
export function changeOf(values: BudgetFormValues): {
  change: Required<UpdateAgentBudget>;
  wrong: Readonly<Record<string, string>>;
} {
  const wrong: Record<string, string> = {};
  const amount = (field: string, text: string): string => {
    const micros = microsOfUsd(text);
    if (micros === null) wrong[field] = NO_AMOUNT;
    else if (micros < 0n) wrong[field] = NEGATIVE;
    return String(micros ?? 0n);
  };
  const cap = (field: CapField): string | null =>
    values[field].trim() === "" ? null : amount(field, values[field]);
  const whole = (field: string, text: string): number => {
    if (!/^\d{1,9}$/.test(text)) wrong[field] = NO_NUMBER;
    return Number(text);
  };
  const seen = new Set<string>();
  const userCaps = values.userCaps.map(({ key, endUser, cap: text }) => {
    if (endUser === "") wrong[`userCaps.${key}`] = "Name the end user.";
    else if (seen.has(endUser)) wrong[`userCaps.${key}`] = "This end user has a cap already.";
    seen.add(endUser);
    return { endUser, capMicros: amount(`userCaps.${key}`, text) };
  });
  const loop = values.loopCallsPerMinuteMax.trim();
  const change = {
    monthlyCapMicros: cap("monthlyCapMicros"),
    defaultUserCapMicros: cap("defaultUserCapMicros"),
    anonymousUserCapMicros: cap("anonymousUserCapMicros"),
    sessionCapMicros: cap("sessionCapMicros"),
    userCaps,
    onUnavailable: values.onUnavailable,
    loopCallsPerMinuteMax: loop === "" ? null : whole("loopCallsPerMinuteMax", loop),
    alertThresholds: values.alertThresholds
      .split(/[\s,%]+/)
      .filter(Boolean)
      .map((text) => whole("alertThresholds", text)),
  };
  return { change, wrong };
}

/** True when saving would change nothing. */
export const isSameBudget = (values: BudgetFormValues, budget: AgentBudget): boolean =>
  JSON.stringify(changeOf(values)) === JSON.stringify(changeOf(formValuesOf(budget)));
