import {
  type Attributes,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import type { Log } from "#lib/domain/access/index.ts";
import { type IdSource, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { CallSink, RequestFact, UpstreamCallFact } from "../observation/index.ts";

const { spansQueuedMax, spansPerBatchMax, exportDelayMs, exportTimeoutMs, callsRememberedMax } =
  limits.tracing;

export interface TracingOptions {
  /** Base URL of an OTLP collector; spans go to `/v1/traces` below it. */
  url: string;
  headers: Readonly<Record<string, string>>;
  version: string;
  node: string;
  region: string;
  ids: IdSource;
  log: Log;
}

/**
 * Turns facts into spans: one for each MCP message, one below it for each outbound call of its hosted code. A span's
 * id is the last half of the UUID of what it tells about, so the trace can be sent on before the span exists. Spans
 * wait in a bounded queue; what a collector that is away cannot take is dropped, never waited for.
 */
export interface Tracing {
  readonly sink: CallSink;
  /** Sends what waits, for at most `limits.tracing.exportTimeoutMs`. */
  close(): Promise<void>;
}

/** The span id of what a UUID names: 16 hexadecimal characters. */
const spanIdOf = (uuid: string): string => uuid.slice(19, 23) + uuid.slice(24);
const traceIdOf = (uuid: string): string => uuid.replaceAll("-", "");

/** Hands out the ids that the next span shall have, since ours are known before the span is made. */
class GivenIds implements IdGenerator {
  traceId = "";
  spanId = "";
  generateTraceId = (): string => this.traceId;
  generateSpanId = (): string => this.spanId;
}

interface SpanText {
  name: string;
  kind: SpanKind;
  traceId: string;
  spanId: string;
  /** Null: the span begins the trace. */
  parentSpanId: string | null;
  startMs: number;
  durationMs: number;
  error: string | null;
  attributes: Attributes;
}

export function createTracing(options: TracingOptions): Tracing {
  const ids = new GivenIds();
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({
      "service.name": "mcpstack-edge",
      "service.version": options.version,
      "service.instance.id": options.node,
      "cloud.region": options.region,
    }),
    spanProcessors: [
      new BatchSpanProcessor(
        telling(
          new OTLPTraceExporter({
            url: `${options.url}/v1/traces`,
            headers: { ...options.headers },
            timeoutMillis: exportTimeoutMs,
          }),
          options.log,
        ),
        {
          maxQueueSize: spansQueuedMax,
          maxExportBatchSize: spansPerBatchMax,
          scheduledDelayMillis: exportDelayMs,
          exportTimeoutMillis: exportTimeoutMs,
        },
      ),
    ],
  });
  const tracer = provider.getTracer("mcpstack", options.version);
  /** Outbound calls are known before the message that made them ended, which knows the trace. */
  const waiting = new Map<string, UpstreamCallFact[]>();

  const tell = (span: SpanText): void => {
    const parent =
      span.parentSpanId === null
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId: span.traceId,
            spanId: span.parentSpanId,
            traceFlags: TraceFlags.SAMPLED,
            isRemote: true,
          });
    ids.traceId = span.traceId;
    ids.spanId = span.spanId;
    const { name, kind, attributes, startMs } = span;
    const made = tracer.startSpan(name, { kind, attributes, startTime: startMs }, parent);
    if (span.error !== null) made.setStatus({ code: SpanStatusCode.ERROR, message: span.error });
    made.end(startMs + span.durationMs);
  };

  const tellUpstream = (fact: UpstreamCallFact, traceId: string, parentSpanId: string | null): void =>
    tell({
      name: `${fact.method} ${hostOf(fact.url)}`,
      kind: SpanKind.CLIENT,
      traceId,
      spanId: spanIdOf(options.ids.uuid(fact.startedAtMs)),
      parentSpanId,
      startMs: fact.startedAtMs,
      durationMs: fact.durationMs,
      error: fact.outcome === "ok" ? null : (fact.error ?? fact.outcome),
      attributes: {
        "http.request.method": fact.method,
        "url.full": fact.url,
        ...(fact.httpStatus === null ? {} : { "http.response.status_code": fact.httpStatus }),
        "mcpstack.server.id": fact.serverId,
      },
    });

  return {
    sink: {
      request(fact) {
        const traceId = fact.traceId ?? traceIdOf(fact.requestId);
        tell({
          name: nameOf(fact),
          kind: SpanKind.SERVER,
          traceId,
          spanId: spanIdOf(fact.id),
          parentSpanId: fact.id === fact.requestId ? (fact.parentSpanId ?? null) : spanIdOf(fact.requestId),
          startMs: timeOfUuid7(fact.id),
          durationMs: fact.durationMs,
          error: fact.outcome === "ok" ? null : (fact.error ?? fact.outcome),
          attributes: attributesOf(fact),
        });
        const calls = waiting.get(fact.requestId);
        if (calls === undefined) return;
        waiting.delete(fact.requestId);
        for (const call of calls) tellUpstream(call, traceId, spanIdOf(fact.requestId));
      },
      upstreamCall(fact) {
        if (fact.requestId === null)
          return tellUpstream(fact, traceIdOf(options.ids.uuid(fact.startedAtMs)), null);
        const known = waiting.get(fact.requestId);
        if (known) known.push(fact);
        else {
          if (waiting.size >= callsRememberedMax) forgetOldest();
          waiting.set(fact.requestId, [fact]);
        }
      },
    },
    close: async () => {
      await provider.shutdown().catch((error: unknown) => {
        options.log.warn({ err: error }, "the last spans could not be sent");
      });
    },
  };

  function forgetOldest(): void {
    for (const [requestId, calls] of waiting) {
      waiting.delete(requestId);
      for (const call of calls) tellUpstream(call, traceIdOf(requestId), spanIdOf(requestId));
      return;
    }
  }
}

/** Tells the operator when the collector stops taking spans and when it takes them again, once each. */
function telling(exporter: SpanExporter, log: Log): SpanExporter {
  let isFailing = false;
  return {
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !isFailing)
          log.warn({ err: result.error }, "the collector takes no spans; they are dropped until it does");
        if (!failed && isFailing) log.info({}, "the collector takes spans again");
        isFailing = failed;
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** As the semantic conventions of MCP have it: the method, and the tool where there is one. */
const nameOf = ({ method, tool, kind }: RequestFact): string =>
  tool === null ? (method ?? kind) : `${method ?? kind} ${tool}`;

const attributesOf = (fact: RequestFact): Attributes => ({
  "mcp.method.name": fact.method ?? "",
  ...(fact.tool === null ? {} : { "gen_ai.tool.name": fact.tool }),
  "mcpstack.outcome": fact.outcome,
  "mcpstack.source": fact.source,
  "mcpstack.server.id": fact.serverId,
  "mcpstack.organization.id": fact.organizationId,
  "mcpstack.request.id": fact.requestId,
  "http.response.status_code": fact.httpStatus,
  ...(fact.rpcErrorCode === null ? {} : { "rpc.jsonrpc.error_code": fact.rpcErrorCode }),
  ...(fact.gatewayId === null ? {} : { "mcpstack.gateway.id": fact.gatewayId }),
});

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "unknown host");
