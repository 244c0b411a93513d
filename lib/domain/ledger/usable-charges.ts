import { isUuid, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isMicros } from "#lib/kernel/money.ts";
import { eventKey } from "./insert-usage-events.ts";
import type { SettledUsage, Settlement } from "./settlement-types.ts";

/** A settlement whose charge can be booked. */
export interface UsableCharge extends Omit<Settlement, "charge"> {
  readonly amountMicros: bigint;
  readonly units: Settlement["charge"]["units"];
  readonly priceVersion: string;
  readonly leases: Settlement["charge"]["leases"];
  /** When it is counted: the time in its id, as in the other rollups. */
  readonly countedAtMs: number;
}

const DAY_MS = 86_400_000;
const UNITS_MAX = 2_147_483_647;

/**
 * The charges that can be booked, each id once, and the others with the reason. A charge that is not ours must never hold
 * up those of everybody else, and one whose memory is gone must not be billed again.
 */
export function usableCharges(
  settlements: readonly Settlement[],
  nowMs: number,
): { usable: UsableCharge[]; refused: SettledUsage["refused"] } {
  const usable = new Map<string, UsableCharge>();
  const refused: { id: string; why: string }[] = [];
  for (const settlement of settlements) {
    const why = whyRefused(settlement, nowMs);
    if (why !== null) {
      refused.push({ id: settlement.id, why });
      continue;
    }
    const { charge, ...rest } = settlement;
    usable.set(eventKey(settlement), {
      ...rest,
      amountMicros: BigInt(charge.amountMicros),
      units: charge.units,
      priceVersion: charge.priceVersion,
      leases: charge.leases,
      countedAtMs: timeOfUuid7(settlement.id),
    });
  }
  return { usable: [...usable.values()], refused };
}

function whyRefused({ id, charge }: Settlement, nowMs: number): string | null {
  if (!isUuid(id)) return "its id is no UUID";
  if (timeOfUuid7(id) < nowMs - (limits.money.usageEventsKeptDays - 1) * DAY_MS)
    return "it is too old to know";
  if (!isMicros(charge.amountMicros)) return "its amount is no whole number of micros";
  const amount = BigInt(charge.amountMicros);
  if (amount < 0n || amount > limits.money.usageEventMicrosMax) return "its amount is out of range";
  const { calls, hundredMs, kib64 } = charge.units;
  const areUnits = [calls, hundredMs, kib64].every(
    (units) => Number.isInteger(units) && units >= 0 && units <= UNITS_MAX,
  );
  return areUnits ? null : "its units are no whole numbers";
}
