import { limits } from "#lib/kernel/limits.ts";
import { storableText } from "#lib/kernel/text.ts";
import type { AgentEntry } from "../directory/index.ts";
import { isMeterRefusal, type MeteredCall } from "../metering/index.ts";
import { agentOf, deniedByMeter } from "./access/index.ts";
import type { Call } from "./calls.ts";
import type { GatewayContext, Peer } from "./context.ts";
import type { Exchange } from "./exchange.ts";
import type { InboundMessage } from "./messages.ts";
import { deny } from "./refusals.ts";
import { whenKnown } from "./when-known.ts";

/**
 * Sets aside what the tool calls of an exchange may cost, and goes on with those that no limit stops. Nothing happens
 * where calls cost nothing and nobody watches them.
 */
export function meterCalls(
  context: GatewayContext,
  peer: Peer,
  exchange: Exchange,
  messages: readonly InboundMessage[],
  goOn: () => void,
): void {
  const { meter, access } = context;
  const { server, principal, source } = exchange;
  const agent = agentOf(principal, access.directory);
  const isTest = source === "smoke" || source === "dashboard";
  const isWatched = meter !== null && !isTest && meter.watches(server, agent);
  const calls = isWatched ? exchange.calls.filter(isToolCall) : [];
  if (meter === null || principal === null || calls.length === 0) {
    goOn();
    return;
  }
  const asked = meter.admit(
    calls.map((call) => meteredCall(exchange, agent, call, messages[exchange.calls.indexOf(call)])),
  );
  whenKnown(
    context,
    peer,
    exchange,
    asked,
    (answer) => {
      if (!isMeterRefusal(answer)) {
        calls.forEach((call, index) => {
          call.hold = answer[index] ?? null;
        });
        goOn();
        return;
      }
      const grantId = exchange.decision?.grantId ?? null;
      const { publicUrl } = access;
      deny(context, peer, exchange, deniedByMeter(answer, { server, principal, agent, grantId, publicUrl }));
    },
    (answer) => {
      if (!isMeterRefusal(answer)) meter.release(answer);
    },
  );
}

const isToolCall = ({ method, kind }: Call): boolean => method === "tools/call" && kind === "request";

const meteredCall = (
  { server }: Exchange,
  agent: AgentEntry | null,
  { endUser, agentSession, tool }: Call,
  message: InboundMessage | undefined,
): MeteredCall => ({
  server,
  agent,
  endUser,
  session: agentSession,
  tool: tool ?? "",
  arguments: () => textOf(message?.toolArguments),
});

/** Two calls that differ only in what nobody can write down again count as the same. */
function textOf(toolArguments: unknown): string {
  try {
    return JSON.stringify(toolArguments) ?? "";
  } catch (error) {
    if (error instanceof RangeError) return "nested too deeply";
    throw error;
  }
}

const HEADERS = { endUser: "x-mcpstack-end-user", session: "x-mcpstack-session" } as const;

/** Notes whom an agent works for and in which conversation: what the call says of itself, else what the request says. */
export function noteSpender(peer: Peer, exchange: Exchange, messages: readonly InboundMessage[]): void {
  if (exchange.principal?.kind !== "agent") return;
  const { headers } = peer.req;
  const { endUserCharactersMax, sessionCharactersMax } = limits.agents;
  exchange.calls.forEach((call, index) => {
    const message = messages[index];
    call.endUser = named(message?.endUser ?? headers[HEADERS.endUser], endUserCharactersMax);
    call.agentSession = named(message?.agentSession ?? headers[HEADERS.session], sessionCharactersMax);
  });
}

/** Bounded text that can be stored; null for nothing. */
function named(value: string | string[] | null | undefined, charactersMax: number): string | null {
  if (typeof value !== "string" || value === "") return null;
  return storableText(value.slice(0, charactersMax));
}
