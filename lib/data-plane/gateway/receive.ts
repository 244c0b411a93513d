import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  authorizeCalls,
  type Denial,
  denial,
  isDenial,
  isStillAllowed,
  refusalOfAgent,
} from "./access/index.ts";
import { type Call, createCall } from "./calls.ts";
import type { GatewayContext, Peer } from "./context.ts";
import { decideEra } from "./era.ts";
import type { Exchange } from "./exchange.ts";
import { type InboundBody, readMessages } from "./messages.ts";
import { meterCalls, noteSpender } from "./meter-calls.ts";
import { passOn } from "./pass-on.ts";
import { deny, refuse, reportCanceled } from "./refusals.ts";
import { readRequestBody } from "./request-body.ts";
import { mediaTypeOf } from "./response-inspector.ts";
import { isRecorded, saidInMessages } from "./said.ts";
import { whenKnown } from "./when-known.ts";

/** Takes a request whose server may be called: finds out what it says, and passes it on. */
export function receive(context: GatewayContext, peer: Peer, exchange: Exchange): void {
  switch (peer.req.method) {
    case "POST":
      receivePost(context, peer, exchange);
      return;
    // The other two exist in the legacy era only, and have no body.
    case "GET":
    case "DELETE":
      exchange.era = "legacy";
      exchange.calls = [
        createCall(exchange.requestId, peer.req.method === "GET" ? "listen" : "session_end", null, 0),
      ];
      authorize(context, peer, exchange, () => passOn(context, peer, exchange, null));
      return;
    default:
      refuse(context, peer, exchange, {
        error: new DomainError("method_not_allowed", "MCP uses POST, GET and DELETE here. Use one of them."),
      });
  }
}

/** JSON is UTF-8 (RFC 8259 §8.1). */
const OTHER_CHARSET = /;\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$))/i;

function receivePost(context: GatewayContext, peer: Peer, exchange: Exchange): void {
  const { "content-type": contentType, "content-encoding": encoding } = peer.req.headers;
  const isJson = mediaTypeOf(contentType ?? "") === "application/json";
  const isUtf8 = !OTHER_CHARSET.test(contentType ?? "");
  if (!isJson || !isUtf8 || (encoding !== undefined && encoding !== "identity")) {
    const error = new DomainError(
      "unsupported_media_type",
      "Send the message as Content-Type: application/json, in UTF-8 and without Content-Encoding.",
    );
    refuse(context, peer, exchange, { error });
    return;
  }
  const reading = {
    bytesMax: exchange.server.caps.requestBytesMax,
    deadlines: context.deadlines,
    nowMs: exchange.startedMs,
  };
  readRequestBody(peer.req, peer.res, reading, (body, bytes) => {
    if (Buffer.isBuffer(body)) {
      receiveBody(context, peer, exchange, body);
      return;
    }
    exchange.calls = [createCall(exchange.requestId, "invalid", null, bytes)];
    if (body === null) reportCanceled(context, exchange);
    else
      refuse(context, peer, exchange, {
        error: body,
        ...(body.code === "timeout" ? { httpStatus: 408 } : {}),
      });
  });
}

/** Reads what the body says; every decision from here on comes from it, not from headers. */
function receiveBody(context: GatewayContext, peer: Peer, exchange: Exchange, body: Buffer): void {
  const read = readMessages(body);
  if ("code" in read) {
    exchange.calls = [createCall(exchange.requestId, "invalid", null, body.length)];
    refuse(context, peer, exchange, {
      error: new DomainError("invalid_input", read.message),
      rpcCode: read.code,
    });
    return;
  }
  exchange.calls = callsOf(context, exchange, read, body.length);
  if (isRecorded(exchange.server)) {
    const said = saidInMessages(body, read.isBatch);
    exchange.calls.forEach((call, index) => {
      call.said = { request: said[index] ?? null, response: null };
    });
  }
  exchange.client = read.messages.find((message) => message.client !== null)?.client ?? exchange.client;
  const decision = decideEra(read, peer.req.headers);
  if ("code" in decision) {
    const error = new DomainError("invalid_input", decision.message);
    refuse(context, peer, exchange, { error, rpcCode: decision.code });
    return;
  }
  exchange.era = decision.era;
  noteSpender(peer, exchange, read.messages);
  authorize(context, peer, exchange, () =>
    meterCalls(context, peer, exchange, read.messages, () => {
      for (const message of read.messages) {
        if (message.cancels !== null) context.openCalls.canceled(exchange, message.cancels);
      }
      passOn(context, peer, exchange, body);
    }),
  );
}

/** Asks the grants and limits of the gateway about the calls of an exchange, and goes on with those that are allowed. */
function authorize(context: GatewayContext, peer: Peer, exchange: Exchange, goOn: () => void): void {
  const { server, principal, calls } = exchange;
  if (isTooLate(context, exchange)) {
    deny(context, peer, exchange, takenAway(exchange));
    return;
  }
  const refusal = principal === null ? null : refusalOfAgent(principal, server, context.access);
  if (refusal !== null) {
    deny(context, peer, exchange, refusal);
    return;
  }
  if (exchange.gateway === null || principal === null || principal.kind === "internal") {
    goOn();
    return;
  }
  const gateway = context.access.directory.gatewayById(exchange.gateway.id) ?? exchange.gateway;
  const asked = authorizeCalls({ gateway, server, principal, calls }, context.access.limiter);
  whenKnown(
    context,
    peer,
    exchange,
    asked,
    (answer) => {
      if (isDenial(answer)) {
        deny(context, peer, exchange, answer);
        return;
      }
      const { grantId, toolFilter, release } = answer;
      exchange.decision = { reason: "allowed", principal: principal.label, grantId, explanation: null };
      exchange.toolFilter = toolFilter;
      // However the exchange ends, its places are given back.
      if (release) peer.res.once("close", release);
      goOn();
    },
    (answer) => {
      if (!isDenial(answer)) answer.release?.();
    },
  );
}

/** Who sends a body slowly was let in a while ago: what was taken away since then counts. */
const isTooLate = ({ access, clock }: GatewayContext, exchange: Exchange): boolean =>
  clock.monotonicMs() - exchange.startedMs > limits.mcp.pendingCheckMs &&
  !isStillAllowed(exchange, access, clock.nowMs());

const takenAway = ({ principal, server }: Exchange): Denial =>
  denial("grant_missing_for_server", {
    code: "forbidden",
    outcome: "grant_denied",
    message: "You may no longer call this server. Ask its owner for access.",
    presented: { principal: principal?.label ?? null },
    expected: { server: server.slug },
    fix: "The access was taken away while the request arrived. Give it back, or do nothing.",
    principal: principal?.label ?? null,
  });

function callsOf(
  { ids }: GatewayContext,
  exchange: Exchange,
  { messages }: InboundBody,
  bytes: number,
): Call[] {
  const share = Math.floor(bytes / messages.length);
  return messages.map((message, index) => {
    const id = index === 0 ? exchange.requestId : ids.uuid(exchange.arrivedMs);
    const kind = message.method === "subscriptions/listen" ? "listen" : message.kind;
    // The bytes of a batch are shared out so that their sum stays what arrived.
    return createCall(id, kind, message, index === 0 ? bytes - share * (messages.length - 1) : share);
  });
}
