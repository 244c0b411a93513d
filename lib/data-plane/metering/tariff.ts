import type { Charge } from "#lib/domain/requests/index.ts";
import type { ServerEntry } from "../directory/index.ts";

type Priced = Pick<ServerEntry, "plan" | "caps">;

const STEP_MS = 100;
const STEP_BYTES = 64 * 1024;

/** What the calls of a server cost, made ready once for each entry of the directory. */
export interface Tariff {
  /** The most that one call can cost: what it sets aside before it runs. */
  readonly priceCapMicros: bigint;
  readonly hundredMsMax: number;
  readonly kib64Max: number;
}

const tariffs = new WeakMap<Priced, Tariff>();

export function tariffOf(server: Priced): Tariff {
  const known = tariffs.get(server);
  if (known !== undefined) return known;
  const { perCallMicros, per100MsMicros, per64KibMicros } = server.plan.prices;
  const hundredMsMax = Math.ceil(server.caps.toolCallDurationMsMax / STEP_MS);
  const kib64Max = Math.ceil(server.caps.responseBytesMax / STEP_BYTES);
  const priceCapMicros =
    perCallMicros + per100MsMicros * BigInt(hundredMsMax) + per64KibMicros * BigInt(kib64Max);
  const tariff = { priceCapMicros, hundredMsMax, kib64Max };
  tariffs.set(server, tariff);
  return tariff;
}

/**
 * What an answered call costs: a price per call, per started 100 ms and per started 64 KiB of its response. Units stop at the
 * plan's caps, so the amount never exceeds the price cap.
 */
export function priceOf(
  server: Priced,
  { durationMs, responseBytes }: { durationMs: number; responseBytes: number },
): { amountMicros: bigint; units: Charge["units"] } {
  const { perCallMicros, per100MsMicros, per64KibMicros } = server.plan.prices;
  const { hundredMsMax, kib64Max } = tariffOf(server);
  const hundredMs = Math.min(Math.max(1, Math.ceil(durationMs / STEP_MS)), hundredMsMax);
  const kib64 = Math.min(Math.ceil(responseBytes / STEP_BYTES), kib64Max);
  const amountMicros = perCallMicros + per100MsMicros * BigInt(hundredMs) + per64KibMicros * BigInt(kib64);
  return { amountMicros, units: { calls: 1, hundredMs, kib64 } };
}
