import type { ServerResponse } from "node:http";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { GatewayContext, Peer } from "./context.ts";
import type { Exchange } from "./exchange.ts";
import { Forwarding } from "./forward.ts";
import { concludeCalls } from "./outcomes.ts";
import { refuse, reportCanceled } from "./refusals.ts";
import type { Target } from "./targets.ts";

/** Admits an exchange, finds where it goes, forwards it, and observes how it ended. */
export function passOn(context: GatewayContext, peer: Peer, exchange: Exchange, body: Buffer | null): void {
  const { admission, targets } = context;
  const { server } = exchange;
  const isStream = exchange.calls.some((call) => call.kind === "listen");
  const giveUp = (error: unknown): void => {
    admission.leave(server.id, isStream);
    refuse(context, peer, exchange, { error: toDomainError(error) });
  };
  try {
    admission.enter(server.id, isStream);
  } catch (error) {
    refuse(context, peer, exchange, { error: toDomainError(error) });
    return;
  }
  let found: Target | Promise<Target>;
  try {
    found = targets.find(exchange);
  } catch (error) {
    giveUp(error);
    return;
  }
  if (!(found instanceof Promise)) {
    forward(context, peer, exchange, { target: found, body, isStream });
    return;
  }
  void awaitTarget(found, peer.res).then((target) => {
    if (target) {
      forward(context, peer, exchange, { target, body, isStream });
      return;
    }
    admission.leave(server.id, isStream);
    reportCanceled(context, exchange);
  }, giveUp);
}

function forward(
  context: GatewayContext,
  peer: Peer,
  exchange: Exchange,
  { target, body, isStream }: { target: Target; body: Buffer | null; isStream: boolean },
): void {
  const { active, admission, openCalls } = context;
  exchange.versionId = target.versionId;
  if (exchange.upstreamSession !== null) target.stay?.keepSession(exchange.upstreamSession);
  if (exchange.era === "legacy") for (const call of exchange.calls) openCalls.add(exchange, call);
  const onEnd = (): void => {
    active.delete(forwarding);
    admission.leave(exchange.server.id, isStream);
    observe(context, exchange, target);
    context.onExchangeOver();
  };
  const forwarding = new Forwarding(context, peer, exchange, { target, onEnd });
  active.add(forwarding);
  if (isStream) target.stay?.isStream(exchange.upstreamSession, () => forwarding.stopStream(replaced()));
  forwarding.start(body);
}

const replaced = (): DomainError =>
  new DomainError("unavailable", "The server was replaced before it answered. Send the request again.", {
    retryAfterSeconds: 1,
  });

/** Reports every call that is over; a parked one is reported when its answer comes or its time is up. */
function observe({ openCalls, report }: GatewayContext, exchange: Exchange, target: Target): void {
  const { upstreamSession, httpStatus } = exchange;
  const [first] = exchange.calls;
  if (upstreamSession !== null && first?.kind === "session_end" && httpStatus >= 200 && httpStatus < 300) {
    openCalls.sessionEnded(exchange);
    target.stay?.endSession(upstreamSession);
  }
  const over = exchange.calls.filter((call) => !openCalls.isParked(exchange, call));
  concludeCalls(exchange, over);
  for (const call of over) {
    openCalls.remove(exchange, call);
    report(exchange, call);
  }
}

/**
 * Waits for a runtime that starts, within a bound. Resolves with null when the client left meanwhile; a target that
 * comes too late is given back.
 */
function awaitTarget(found: Promise<Target>, res: ServerResponse): Promise<Target | null> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (): void => {
      isOver = true;
      clearTimeout(timer);
      res.off("close", onClose);
    };
    const onClose = (): void => {
      end();
      resolve(null);
    };
    const timer = setTimeout(() => {
      end();
      const seconds = limits.mcp.startWaitMs / 1000;
      const message = `The server did not start within ${seconds} s. Try again soon.`;
      reject(new DomainError("unavailable", message, { retryAfterSeconds: 2 }));
    }, limits.mcp.startWaitMs);
    res.once("close", onClose);
    found.then(
      (target) => {
        if (isOver) target.end();
        else {
          end();
          resolve(target);
        }
      },
      (error: unknown) => {
        if (isOver) return;
        end();
        reject(error);
      },
    );
  });
}
