import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import type { ServerDirectory } from "../directory/index.ts";
import type { Meter } from "../metering/index.ts";
import type { CallLimiter, KeyUses, Tokens } from "./access/index.ts";
import type { Admission } from "./admission.ts";
import type { Call } from "./calls.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Exchange } from "./exchange.ts";
import type { Forwarding } from "./forward.ts";
import type { OpenCalls } from "./open-calls.ts";
import type { SealedSessions } from "./sealed-sessions.ts";
import type { Targets } from "./targets.ts";

/** Both ends of the client's HTTP exchange. */
export interface Peer {
  req: IncomingMessage;
  res: ServerResponse;
}

/** What decides who may call. */
export interface AccessContext {
  readonly directory: ServerDirectory;
  readonly tokens: Tokens;
  readonly limiter: CallLimiter;
  readonly clock: Clock;
  /** Null where nobody wants to know when keys are used. */
  readonly keyUses: KeyUses | null;
  readonly publicUrl: string;
}

/** What the steps share. One per gateway. */
export interface GatewayContext {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly access: AccessContext;
  /** Null where nothing is limited. */
  readonly meter: Meter | null;
  readonly targets: Targets;
  readonly admission: Admission;
  readonly sessions: SealedSessions;
  readonly openCalls: OpenCalls;
  readonly deadlines: Deadlines;
  /** Exchanges that were passed on and are not over. */
  readonly active: Set<Forwarding>;
  /** Hands the fact of a call that is over to the observation. */
  report(exchange: Exchange, call: Call): void;
  /** Called whenever an exchange is over. */
  onExchangeOver(): void;
}
