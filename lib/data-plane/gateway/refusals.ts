import { DomainError } from "#lib/kernel/errors.ts";
import type { Denial } from "./access/index.ts";
import { type Call, createCall, endCall } from "./calls.ts";
import type { GatewayContext, Peer } from "./context.ts";
import { deniedResultText } from "./denial-results.ts";
import type { Exchange } from "./exchange.ts";
import { concludeCalls } from "./outcomes.ts";
import { discardRequestBody } from "./request-body.ts";
import { rpcErrorText, sendJson, shapeOfError } from "./rpc-error.ts";

/** A refusal, with the codes that the specification asks for where they differ from ours. */
export interface Refusal {
  error: DomainError;
  rpcCode?: number;
  httpStatus?: number;
  /** Why the caller may not: decides the outcome, and what other credentials would help. */
  denial?: Denial;
}

export const ALLOWED_METHODS = "GET, POST, DELETE, OPTIONS";

/** Answers with an error before anything was passed on, and reports it. */
export function refuse(
  { log, report }: Pick<GatewayContext, "log" | "report">,
  { req, res }: Peer,
  exchange: Exchange,
  { error, rpcCode, httpStatus, denial }: Refusal,
): void {
  const shape = shapeOfError(error.code);
  if (error.code === "internal") {
    log.error(
      { err: error.cause ?? error, requestId: exchange.wireId, serverId: exchange.server.id },
      "a request failed",
    );
  }
  if (exchange.calls.length === 0) exchange.calls = [createCall(exchange.requestId, "invalid", null, 0)];
  const requests = exchange.calls.filter((call) => call.key !== null);
  const asked = requests.length === 1 ? requests[0] : undefined;
  // What an agent asked for and cannot have is an answer to it; what was wrong with the request is a status.
  const isAnswer =
    denial !== undefined && (denial.outcome === "grant_denied" || denial.limit !== null)
      ? requests.length > 0
      : asked !== undefined && httpStatus === undefined && isRuntimeTrouble(error) && !denial;
  exchange.httpStatus = isAnswer ? 200 : (httpStatus ?? shape.httpStatus);
  const code = rpcCode ?? shape.rpcCode;
  const isResult = (call: Call | undefined): boolean =>
    isAnswer && denial !== undefined && denial.limit !== null && call?.method === "tools/call";
  const textFor = (call: Call | undefined): string =>
    denial && call && isResult(call)
      ? deniedResultText(call.rpcId, denial, { era: exchange.era, requestId: exchange.wireId })
      : rpcErrorText(call?.rpcId ?? null, code, error, exchange.wireId);
  const body =
    isAnswer && exchange.calls.length > 1
      ? `[${requests.map((call) => textFor(call)).join(",")}]`
      : textFor(asked);
  exchange.responseBytes = sendJson(res, exchange.httpStatus, body, [
    ...exchange.answerHeaders,
    ...headersOf(error),
    ...(denial?.challenge ? ["www-authenticate", denial.challenge] : []),
  ]);
  discardRequestBody(req);
  for (const call of exchange.calls) {
    endCall(call, denial?.outcome ?? shape.outcome, error.message);
    call.rpcErrorCode = isResult(call) ? null : code;
  }
  // Somebody who may not in is not finding out what the server can do.
  if (denial) shareResponseBytes(exchange);
  else concludeCalls(exchange, exchange.calls);
  for (const call of exchange.calls) report(exchange, call);
}

/** Answers a caller who may not, and keeps the decision with its explanation for the owner. */
export function deny(
  context: Pick<GatewayContext, "log" | "report">,
  peer: Peer,
  exchange: Exchange,
  denial: Denial,
): void {
  exchange.decision = {
    reason: denial.reason,
    principal: denial.principal ?? exchange.principal?.label ?? null,
    grantId: denial.grantId,
    explanation: denial.explanation,
  };
  refuse(context, peer, exchange, { error: denial.error, denial });
}

function shareResponseBytes({ calls, responseBytes }: Exchange): void {
  const [first] = calls;
  if (first) first.responseBytes = responseBytes;
}

/** Answers with an error when it is not known whose server was meant: nobody's log gets a row. */
export function refuseStranger(
  { req, res }: Peer,
  error: DomainError,
  { wireId, answerHeaders }: Pick<Exchange, "wireId" | "answerHeaders">,
): void {
  const { httpStatus, rpcCode } = shapeOfError(error.code);
  sendJson(res, httpStatus, rpcErrorText(null, rpcCode, error, wireId), [
    ...answerHeaders,
    ...headersOf(error),
  ]);
  discardRequestBody(req);
}

/** Reports an exchange whose client left before anything was passed on. */
export function reportCanceled({ report }: Pick<GatewayContext, "report">, exchange: Exchange): void {
  for (const call of exchange.calls) {
    endCall(call, "canceled", null);
    report(exchange, call);
  }
}

const isRuntimeTrouble = ({ code }: DomainError): boolean =>
  code === "runtime_failed" || code === "bundle_refused" || code === "upstream_failed" || code === "timeout";

const headersOf = (error: DomainError): string[] => [
  ...(error.retryAfterSeconds === undefined ? [] : ["retry-after", String(error.retryAfterSeconds)]),
  ...(error.code === "method_not_allowed" ? ["allow", ALLOWED_METHODS] : []),
];

export const foreignOrigin = (origin: string): DomainError =>
  new DomainError(
    "forbidden",
    `Web pages of ${origin.slice(0, 200)} may not call this server. The operator can allow this origin.`,
  );

/** Before the first read nobody can tell an unknown server from one that was not read yet. */
export const unknownServer = (isDirectoryRead: boolean): DomainError =>
  isDirectoryRead
    ? new DomainError(
        "not_found",
        "There is no MCP server at this URL. Check it: /mcp/{slug}, or /gateway/{id}/mcp behind a gateway.",
      )
    : new DomainError(
        "unavailable",
        "This node is starting and does not know its servers yet. Try again soon.",
        {
          retryAfterSeconds: 2,
        },
      );

export const shuttingDown = (): DomainError =>
  new DomainError("unavailable", "This node is shutting down. Send the request again.", {
    retryAfterSeconds: 2,
  });
