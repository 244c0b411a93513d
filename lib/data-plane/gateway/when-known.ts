import { toDomainError } from "#lib/kernel/errors.ts";
import { createCall } from "./calls.ts";
import type { GatewayContext, Peer } from "./context.ts";
import type { Exchange } from "./exchange.ts";
import { refuse, reportCanceled } from "./refusals.ts";

/**
 * Goes on at once with what is known, and else as soon as it is. When the client left meanwhile, `giveBack` gets the value
 * instead.
 */
export function whenKnown<T>(
  context: GatewayContext,
  peer: Peer,
  exchange: Exchange,
  value: T | Promise<T>,
  goOn: (value: T) => void,
  giveBack?: (value: T) => void,
): void {
  if (!(value instanceof Promise)) {
    goOn(value);
    return;
  }
  value
    .then((known) => {
      if (!peer.res.destroyed) {
        goOn(known);
        return;
      }
      giveBack?.(known);
      if (exchange.calls.length === 0) exchange.calls = [createCall(exchange.requestId, "invalid", null, 0)];
      reportCanceled(context, exchange);
    })
    .catch((error: unknown) => refuse(context, peer, exchange, { error: toDomainError(error) }));
}
