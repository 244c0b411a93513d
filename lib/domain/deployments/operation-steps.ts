import type { OperationKindValue } from "./operation-row.ts";

/** The names of the steps, as the timeline shows them. */
export const STEP = {
  start: "start",
  legacy: "tools/list legacy",
  modern: "tools/list modern",
  expectedTools: "expected tools",
  canary: "canary",
  switch: "switch",
  drain: "drain",
} as const;

const GATE = [STEP.legacy, STEP.modern, STEP.expectedTools, STEP.canary];

/** What an operation of this kind does, in order. */
export function stepNamesOf(kind: OperationKindValue, serverKind: string): string[] {
  if (serverKind === "connected") return kind === "activate" ? [...GATE, STEP.switch] : [STEP.switch];
  switch (kind) {
    case "publish":
    case "rollback":
      return [STEP.start, ...GATE, STEP.switch, STEP.drain];
    case "activate":
      return [STEP.start, ...GATE, STEP.switch];
    case "restart":
      return [STEP.start, STEP.drain];
    case "deactivate":
      return [STEP.switch, STEP.drain];
  }
}
