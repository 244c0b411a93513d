import { callPrice, callPriceCap } from "#lib/domain/plans/index.ts";
import type { ServerEntry } from "../directory/index.ts";

type Priced = Pick<ServerEntry, "plan" | "caps">;
const termsOf = ({ plan, caps }: Priced) => ({ prices: plan.prices, caps });

/** Computed once for each entry of the directory, since every call asks. */
const priceCaps = new WeakMap<Priced, bigint>();

/** The most that one call of a server can cost, in micros: what it sets aside before it runs. */
export function priceCapOf(server: Priced): bigint {
  const known = priceCaps.get(server);
  if (known !== undefined) return known;
  const priceCapMicros = callPriceCap(termsOf(server));
  priceCaps.set(server, priceCapMicros);
  return priceCapMicros;
}

/** What an answered call of a server costs. */
export const priceOf = (server: Priced, use: { durationMs: number; responseBytes: number }) =>
  callPrice(termsOf(server), use);
