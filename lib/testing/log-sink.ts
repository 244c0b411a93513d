import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { DrainRecord } from "#lib/contract/index.ts";

/** What the sink does with one delivery. `reset` and `early` take the whole body or its beginning and drop the connection. */
export type SinkAnswer =
  | "reset"
  | "early"
  | "hang"
  | { status: number; headers?: Record<string, string>; body?: string };

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the sink answered that it took it. */
  readonly isTaken: boolean;
}

/**
 * A real HTTP sink for log drains on loopback; `port` 0 takes a free one. `answer` decides about the n-th delivery,
 * counted from 0.
 */
export async function startLogSink(answer: (index: number, body: string) => SinkAnswer = () => ok, port = 0) {
  const received: Received[] = [];
  let index = 0;
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    const number = index++;
    let isEarly = false;
    req.on("data", (part: Buffer) => {
      parts.push(part);
      if (isEarly || sink.answer(number, "") !== "early") return;
      isEarly = true;
      req.socket.destroy();
    });
    req.on("error", () => undefined);
    req.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      const what = sink.answer(number, body);
      const isTaken = typeof what === "object" && what.status < 300;
      received.push({ headers: req.headers, body, isTaken });
      if (what === "hang") return;
      if (typeof what === "string") return void req.socket.destroy();
      res.writeHead(what.status, { "content-type": "text/plain", ...what.headers }).end(what.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest`,
    answer,
    received,
    /** The records of the deliveries that were taken, in the order in which they came. */
    records: (): DrainRecord[] =>
      received.filter(({ isTaken }) => isTaken).flatMap(({ body }) => ndjsonRecords(body)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}
export type LogSink = Awaited<ReturnType<typeof startLogSink>>;

const ok: SinkAnswer = { status: 204 };

/** The records of an NDJSON body; throws for a line that is not one. */
export const ndjsonRecords = (body: string): DrainRecord[] =>
  body
    .trimEnd()
    .split("\n")
    .map((line) => DrainRecord.parse(JSON.parse(line)));

const AnyValue: z.ZodType = z.lazy(() =>
  z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ boolValue: z.boolean() }),
    // 64-bit integers are decimal strings in the JSON mapping of protobuf.
    z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
    z.strictObject({ doubleValue: z.number() }),
    z.strictObject({ arrayValue: z.strictObject({ values: z.array(AnyValue) }) }),
    z.strictObject({ kvlistValue: z.strictObject({ values: z.array(KeyValue) }) }),
  ]),
);
const KeyValue: z.ZodType = z.strictObject({ key: z.string().min(1), value: AnyValue });
const Text = z.object({ stringValue: z.string() });
const Nanoseconds = z.string().regex(/^\d{1,20}$/);

/**
 * `ExportLogsServiceRequest` of opentelemetry.proto.collector.logs.v1 in OTLP's JSON mapping, strictly: lowerCamelCase
 * names, no unknown fields, 64-bit numbers as strings, trace and span ids as hexadecimal.
 */
export const OtlpLogs = z.strictObject({
  resourceLogs: z.array(
    z.strictObject({
      resource: z.strictObject({
        attributes: z.array(KeyValue),
        droppedAttributesCount: z.number().int().min(0).optional(),
      }),
      schemaUrl: z.string().optional(),
      scopeLogs: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string().optional() }),
          schemaUrl: z.string().optional(),
          logRecords: z.array(
            z.strictObject({
              timeUnixNano: Nanoseconds,
              observedTimeUnixNano: Nanoseconds,
              severityNumber: z.number().int().min(1).max(24),
              severityText: z.string(),
              body: Text.strict(),
              attributes: z.array(
                KeyValue as z.ZodType<{ key: string; value: { stringValue?: string; intValue?: string } }>,
              ),
              traceId: z
                .string()
                .regex(/^[0-9a-f]{32}$/)
                .optional(),
              spanId: z
                .string()
                .regex(/^[0-9a-f]{16}$/)
                .optional(),
              flags: z.number().int().optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});
