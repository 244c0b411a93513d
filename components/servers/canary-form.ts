import type { CheckPolicy } from "#lib/contract/index.ts";

/** The canary as its form keeps it: everything as text. */
export interface CanaryValues {
  readonly isOn: boolean;
  readonly tool: string;
  readonly json: string;
  readonly expectedText: string;
  /** Seconds; empty: only before a publish. */
  readonly every: string;
}

type Canary = NonNullable<CheckPolicy["canary"]>;

export const canaryValues = (canary: Canary | null): CanaryValues => ({
  isOn: canary !== null,
  tool: canary?.tool ?? "",
  json: canary === null ? "{}" : JSON.stringify(canary.arguments, null, 2),
  expectedText: canary?.expectedText ?? "",
  every: canary?.everySeconds == null ? "" : String(canary.everySeconds),
});

export const canaryOf = (values: CanaryValues, args: Record<string, unknown>): Canary => ({
  tool: values.tool.trim(),
  arguments: args,
  expectedText: values.expectedText === "" ? null : values.expectedText,
  everySeconds: values.every === "" ? null : Number(values.every),
});

/** How often a canary may run, with the one that is set even when it is none of these. */
export function scheduleOptions(current: string): { value: string; label: string }[] {
  const options = [
    { value: "", label: "Only before a publish" },
    { value: "30", label: "Every 30 seconds" },
    { value: "60", label: "Every minute" },
    { value: "300", label: "Every 5 minutes" },
    { value: "900", label: "Every 15 minutes" },
    { value: "3600", label: "Every hour" },
    { value: "86400", label: "Every day" },
  ];
  return options.some(({ value }) => value === current)
    ? options
    : [...options, { value: current, label: `Every ${current} seconds` }];
}

/** The required arguments of a tool that `args` does not give. */
export function missingArguments(
  inputSchema: Readonly<Record<string, unknown>> | undefined,
  args: Readonly<Record<string, unknown>>,
): string[] {
  const required = Array.isArray(inputSchema?.required) ? inputSchema.required : [];
  return required.filter((name): name is string => typeof name === "string" && !(name in args));
}
