import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import type { Outcome } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import type { Answer } from "./answers.ts";
import { type AnswerOnWire, answerCall, type Call, endCall, keyOfId } from "./calls.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import { answerWithError, appendErrors } from "./error-answers.ts";
import type { Exchange } from "./exchange.ts";
import { headersDown, headersUp } from "./headers.ts";
import { type ListFilter, listFilterFor, withoutLength } from "./list-filter.ts";
import type { RpcId } from "./messages.ts";
import type { OpenCalls } from "./open-calls.ts";
import { inspectorFor, mediaTypeOf, type ResponseInspector } from "./response-inspector.ts";
import { shapeOfError } from "./rpc-error.ts";
import { isRecorded } from "./said.ts";
import type { SealedSessions } from "./sealed-sessions.ts";
import type { Target } from "./targets.ts";
import { explainExit, explainTransportError, refusalOfAnswer, responseTooLarge } from "./upstream-errors.ts";

/** What all exchanges share. */
export interface ForwardContext {
  readonly clock: Clock;
  readonly openCalls: OpenCalls;
  readonly deadlines: Deadlines;
  readonly sessions: SealedSessions;
}

const ONE_WRITE_BYTES_MAX = 16_384;

/** Used as the reason of our own aborts, which undici reports like failures. */
const OWN_ABORT = new Error("the gateway ended this exchange");

/**
 * Sends one exchange to its target and the answer back: bytes pass first and unchanged, a copy is inspected. Ends
 * exactly once, by whichever comes first: the target's end or failure, the client's leaving, a cap.
 */
export class Forwarding implements Dispatcher.DispatchHandler, Deadline {
  readonly #exchange: Exchange;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #target: Target;
  readonly #context: ForwardContext;
  readonly #onEnd: () => void;
  readonly #isStream: boolean;
  readonly #deadlineMs: number;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: string[] | null = null;
  #contentLength = -1;
  #inspector: ResponseInspector | null = null;
  #filter: ListFilter | null = null;
  #isEvents = false;
  #isOver = false;

  /** Calls `onEnd` once, when the exchange is over and every call has its outcome or is parked. */
  constructor(
    context: ForwardContext,
    peer: { req: IncomingMessage; res: ServerResponse },
    exchange: Exchange,
    { target, onEnd }: { target: Target; onEnd: () => void },
  ) {
    this.#exchange = exchange;
    this.#req = peer.req;
    this.#res = peer.res;
    this.#target = target;
    this.#context = context;
    this.#onEnd = onEnd;
    this.#deadlineMs = context.clock.monotonicMs() + exchange.server.caps.toolCallDurationMsMax;
    this.#isStream = exchange.calls.some((call) => call.kind === "listen");
  }

  start(body: Buffer | null): void {
    const { server, trace } = this.#exchange;
    if (this.#res.destroyed) {
      this.#over("canceled", null);
      return;
    }
    this.#res.on("close", () => this.#onClientClose());
    if (!this.#isStream) this.#context.deadlines.add(this);
    const isHosted = server.kind === "hosted";
    try {
      this.#target.dispatcher.dispatch(
        {
          origin: this.#target.origin,
          path: isHosted ? this.#target.path + this.#exchange.search : this.#target.path,
          method: this.#req.method ?? "POST",
          headers: headersUp(this.#req.headers, {
            requestId: this.#exchange.wireId,
            traceparent: trace.traceparent,
            keepTraceState: trace.isFromClient,
            tenantSlug: isHosted ? server.slug : null,
            session: this.#exchange.upstreamSession,
            hasBody: body !== null,
            set: server.upstreamHeaders,
          }),
          body,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
    } catch (error) {
      this.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Ends the exchange from outside, because the edge stops. */
  stop(error: DomainError): void {
    this.#fail(error);
  }

  /** What it carries. */
  get exchange(): Exchange {
    return this.#exchange;
  }

  /** Ends an open-ended stream cleanly; its client opens another one. `why` is for one that has not begun. */
  stopStream(why: DomainError): void {
    if (!this.#isStream || this.#isOver) return;
    if (!this.#res.headersSent) {
      this.#fail(why);
      return;
    }
    this.#res.end();
    this.#over("ok", null);
    this.#controller?.abort(OWN_ABORT);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(OWN_ABORT);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200 || this.#isOver) return;
    this.#status = status;
    const contentType = headers["content-type"] ?? "";
    const refusal = refusalOfAnswer(status, headers, this.#exchange.server.kind);
    if (refusal) {
      this.#fail(refusal);
      return;
    }
    const { server } = this.#exchange;
    const length = headers["content-length"];
    this.#contentLength = length === undefined ? -1 : Number(length);
    if (this.#contentLength > server.caps.responseBytesMax) {
      this.#fail(responseTooLarge(server.caps.responseBytesMax));
      return;
    }
    this.#inspector = inspectorFor(contentType, this.#expectedId(), {
      onAnswer: this.#onAnswer,
      isRecorded: isRecorded(server),
    });
    this.#isEvents = mediaTypeOf(contentType) === "text/event-stream";
    const session = headers["mcp-session-id"];
    try {
      if (this.#exchange.toolFilter !== null) {
        this.#filter = listFilterFor(this.#exchange, {
          status,
          contentType,
          length: this.#contentLength,
        });
      }
      if (typeof session === "string") this.#context.sessions.note(this.#exchange, session, this.#target);
    } catch (error) {
      this.#fail(toDomainError(error));
      return;
    }
    const { answerHeaders } = this.#exchange;
    this.#headers = headersDown(this.#filter === null ? headers : withoutLength(headers), answerHeaders);
    if (this.#filter !== null) this.#contentLength = -1;
    if (session !== undefined && this.#exchange.session !== null) {
      this.#headers.push("mcp-session-id", this.#exchange.session);
    }
    if (!this.#isEvents) return;
    this.#headers.push("x-accel-buffering", "no");
    this.#writeHead();
    this.#res.flushHeaders();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#filter === null) {
      this.#send(controller, chunk);
      return;
    }
    try {
      const passed = this.#filter.push(chunk);
      if (passed !== null) this.#send(controller, passed);
    } catch (error) {
      this.#fail(toDomainError(error));
    }
  }

  #send(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const exchange = this.#exchange;
    exchange.responseBytes += chunk.length;
    const { responseBytesMax } = exchange.server.caps;
    if (!this.#isStream && exchange.responseBytes > responseBytesMax) {
      this.#fail(responseTooLarge(responseBytesMax));
      return;
    }
    const res = this.#res;
    this.#writeHead();
    if (exchange.responseBytes === this.#contentLength) endWith(res, chunk);
    else if (!res.write(chunk)) {
      controller.pause();
      res.once("drain", () => controller.resume());
    }
    this.#inspector?.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver || !this.#sendRest()) return;
    this.#writeHead();
    this.#inspector?.end();
    const unanswered = this.#exchange.calls.filter((call) => call.key !== null && call.outcome === null);
    if (this.#isEvents && unanswered.length > 0) this.#endWithoutAnswer(unanswered);
    if (!this.#res.writableEnded) this.#res.end();
    this.#over(null, null);
  }

  /** Sends what a filter held back until the end. False when that became an error. */
  #sendRest(): boolean {
    if (this.#filter === null) return true;
    try {
      const rest = this.#filter.end();
      if (rest === null) return true;
      if (this.#filter.isWhole) this.#headers?.push("content-length", String(rest.length));
      this.#exchange.responseBytes += rest.length;
      this.#writeHead();
      this.#res.write(rest);
      this.#inspector?.push(rest);
      return true;
    } catch (error) {
      this.#fail(toDomainError(error));
      return false;
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#isOver) return;
    if (this.#exchange.server.kind === "connected") {
      this.#fail(explainTransportError(error, "connected"));
      return;
    }
    this.#context.deadlines.remove(this);
    void explainExit(this.#target, error).then((reason) => this.#fail(reason));
  }

  readonly #onAnswer = (answer: Answer, wire: AnswerOnWire): void => {
    const key = keyOfId(answer.id);
    const { calls } = this.#exchange;
    // A single request has one answer, even when a server that failed early gave it no id.
    const only = calls.length === 1 ? calls[0] : undefined;
    const call =
      key === null && !this.#isEvents ? only : calls.find((item) => item.key === key && key !== null);
    if (call) answerCall(call, answer, wire, this.#elapsedMs());
    else this.#context.openCalls.answered(this.#exchange, answer, wire);
  };

  /** The id of the one request whose answer this is; null when there are several or none. */
  #expectedId(): RpcId {
    const { calls } = this.#exchange;
    return calls.length === 1 ? (calls[0]?.rpcId ?? null) : null;
  }

  #onClientClose(): void {
    if (this.#isOver || this.#res.writableFinished) return;
    // A modern client cancels by leaving. A legacy one may come back for the answer, if the stream can be resumed.
    const mayResume = this.#exchange.era === "legacy" && this.#inspector?.isResumable === true;
    this.#over(this.#isStream ? "ok" : "canceled", null, mayResume);
    this.#controller?.abort(OWN_ABORT);
  }

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  onDeadline(): void {
    const { toolCallDurationMsMax } = this.#exchange.server.caps;
    this.#fail(
      new DomainError(
        "timeout",
        `The server did not answer within ${toolCallDurationMsMax / 1000} s, the longest a call may take. Try again with less work, or raise the limit of the plan.`,
        { details: { durationMsMax: toolCallDurationMsMax } },
      ),
    );
  }

  #writeHead(): void {
    if (!this.#headers || this.#res.headersSent || this.#res.destroyed) return;
    this.#exchange.httpStatus = this.#status;
    this.#res.writeHead(this.#status, this.#headers);
  }

  /** An event stream ended and something was never answered: the client would wait for nothing. */
  #endWithoutAnswer(unanswered: readonly Call[]): void {
    const isResumable = this.#exchange.era === "legacy" && this.#inspector?.isResumable === true;
    const lost = unanswered.filter(
      (call) => !call.isCanceled && !(isResumable && this.#context.openCalls.park(this.#exchange, call)),
    );
    if (lost.length === 0) return;
    const isHosted = this.#exchange.server.kind === "hosted";
    this.#appendErrors(
      lost,
      new DomainError(
        isHosted ? "runtime_failed" : "upstream_failed",
        "The server ended its response stream without an answer. Its logs, found by this request id, say more.",
      ),
    );
  }

  #appendErrors(calls: readonly Call[], error: DomainError): void {
    const isInEvent = this.#inspector?.mayAppend === false;
    appendErrors(this.#res, this.#exchange, calls, { error, isInEvent });
  }

  /** Ends the exchange with an error of ours, in whatever form the client can still read. */
  #fail(error: DomainError): void {
    if (this.#isOver) return;
    const shape = shapeOfError(error.code);
    const res = this.#res;
    const open = this.#exchange.calls.filter((call) => call.key !== null && call.outcome === null);
    if (!res.headersSent) answerWithError(res, this.#exchange, open, error);
    else if (this.#isEvents && !res.writableEnded) {
      if (!this.#isStream || open.length > 0) this.#appendErrors(open, error);
      res.end();
    } else if (!res.writableEnded) {
      // Half a JSON body cannot be repaired; only a broken connection tells the client so.
      res.destroy();
    }
    this.#over(shape.outcome, error.message);
    this.#controller?.abort(OWN_ABORT);
  }

  #over(outcome: Outcome | null, error: string | null, mayResume = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isStream) this.#context.deadlines.remove(this);
    if (this.#exchange.httpStatus === 0) this.#exchange.httpStatus = this.#status;
    const { openCalls } = this.#context;
    for (const call of this.#exchange.calls) {
      if (call.outcome !== null || outcome === null) continue;
      if (mayResume && openCalls.park(this.#exchange, call)) continue;
      endCall(call, outcome, error);
    }
    this.#target.end();
    this.#onEnd();
  }

  #elapsedMs(): number {
    return this.#context.clock.monotonicMs() - this.#exchange.startedMs;
  }
}

/** As text of one byte per character a small body leaves in the same write as the head; its bytes stay what they are. */
function endWith(res: ServerResponse, chunk: Buffer): void {
  if (chunk.length <= ONE_WRITE_BYTES_MAX) res.end(chunk.toString("latin1"), "latin1");
  else res.end(chunk);
}
