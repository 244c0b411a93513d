import type { LeaseScope } from "#lib/domain/ledger/index.ts";
import type { AgentEntry } from "../directory/index.ts";

/** One limit of a call: what it draws from, and how much of that there may be in the period. */
export interface Layer {
  /** Names the scope among all scopes of all organizations. */
  readonly key: string;
  readonly scope: LeaseScope;
  /** Null for the organization's credits. */
  readonly capMicros: bigint | null;
}

/** Who makes a call, and for whom. */
export interface Spender {
  readonly organizationId: string;
  readonly agent: AgentEntry | null;
  readonly endUser: string | null;
  readonly session: string | null;
}

/** Whether an agent has any cap. */
export const hasCaps = ({ budget }: AgentEntry): boolean =>
  budget.monthlyCapMicros !== null ||
  budget.defaultUserCapMicros !== null ||
  budget.anonymousUserCapMicros !== null ||
  budget.sessionCapMicros !== null ||
  budget.userCaps.size > 0;

/** All limits of a call, from the widest to the narrowest. Calls of an unpriced plan draw from no credits. */
export function layersOf(
  { organizationId, agent, endUser, session }: Spender,
  isPriced: boolean,
): readonly Layer[] {
  const layers: Layer[] = [];
  if (isPriced) {
    layers.push({ key: `o ${organizationId}`, scope: { kind: "organization", id: "" }, capMicros: null });
  }
  if (agent === null) return layers;
  const { id, budget } = agent;
  const add = (kind: "agent" | "user" | "session", scopeId: string, capMicros: bigint | null): void => {
    if (capMicros !== null)
      layers.push({ key: `${kind} ${scopeId}`, scope: { kind, id: scopeId }, capMicros });
  };
  add("agent", id, budget.monthlyCapMicros);
  add("user", `${id}\n${endUser ?? ""}`, userCapOf(agent, endUser));
  if (session !== null) add("session", `${id}\n${session}`, budget.sessionCapMicros);
  return layers;
}

const userCapOf = ({ budget }: AgentEntry, endUser: string | null): bigint | null =>
  endUser === null
    ? budget.anonymousUserCapMicros
    : (budget.userCaps.get(endUser) ?? budget.defaultUserCapMicros);
