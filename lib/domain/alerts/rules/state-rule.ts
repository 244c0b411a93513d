import type { AlertRule } from "#lib/contract/index.ts";
import type { System } from "../../access/index.ts";
import type { AlertToRaise } from "../raise-alert.ts";

/** A state that lasts right now, and what is told about it. */
export type State = Omit<AlertToRaise, "rule" | "periodStart" | "threshold">;

/** What an organization set of a rule; undefined: nothing. */
export interface RuleSetting {
  readonly isOn: boolean;
  /** Of `error_burn`. */
  readonly objective: number | null;
}
export type SettingOf = (organizationId: string) => RuleSetting | undefined;

/** An alert whose state may be over by now. */
export interface LastingAlert {
  readonly organizationId: string;
  readonly id: string;
  readonly rule: string;
  readonly scope: string;
  readonly severity: string;
  readonly serverId: string | null;
  /** False when its server is not active any more: nobody looks at it. */
  readonly isWatched: boolean;
}

export interface Looked {
  readonly states: readonly State[];
  /** True for what could not be looked at this time: it neither begins nor ends. */
  isUnknown?(alert: LastingAlert): boolean;
}

/**
 * A rule that looks at a state, not at a change: whoever looks and when, the same state is the same answer, so that nothing
 * is missed by whoever was not there. What is not known is no state.
 */
export interface StateRule extends Pick<AlertRule, "rule" | "title" | "description"> {
  look(system: System, settingOf: SettingOf, lasting: readonly LastingAlert[]): Promise<Looked>;
}
