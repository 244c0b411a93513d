import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createDesk } from "./desk-data.ts";
import { createDeskRoutes } from "./desk-routes.ts";

export interface SupportUpstreamOptions {
  /** Callers must send it as a bearer token. */
  apiKey: string;
  /** 0 to 1, decides latency and the odd 429. Injected so that tests are not left to chance. */
  random?: () => number;
  nowMs?: () => number;
}

const BODY_BYTES_MAX = 64 * 1024;
const LATENCY_MS_MIN = 8;
const LATENCY_MS_MAX = 60;
/** One call in fifty takes this long: every real upstream has its bad moments. */
const SLOW_MS = 400;
const SLOW_SHARE = 0.02;
const RATE_LIMITED_SHARE = 0.01;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  try {
    return bytes === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

const isAuthorized = (header: string | undefined, apiKey: string): boolean => {
  const given = Buffer.from(header ?? "");
  const expected = Buffer.from(`Bearer ${apiKey}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
};

/**
 * The ticket desk's API that the sample server calls: plain HTTP and JSON over data in memory, with the latencies, the
 * odd slow answer and the odd 429 of a real one. The caller listens (on 127.0.0.1) and closes.
 */
export function createSupportUpstream(options: SupportUpstreamOptions): Server {
  const { apiKey, random = Math.random, nowMs = Date.now } = options;
  const answer = createDeskRoutes(createDesk(nowMs()), nowMs);

  return createServer(async (request, response) => {
    const luck = random();
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      const text = JSON.stringify(body);
      response.writeHead(status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        ...headers,
      });
      response.end(text);
    };
    request.on("error", () => response.destroy());
    if (!isAuthorized(request.headers.authorization, apiKey)) {
      return send(401, { error: "The API key is missing or wrong." });
    }
    const body = await bodyOf(request);
    if (body === undefined) return send(400, { error: "The body is too large or not JSON." });
    const isSlow = luck < SLOW_SHARE;
    const isLimited = luck > 1 - RATE_LIMITED_SHARE;
    const latencyMs = isSlow ? SLOW_MS : LATENCY_MS_MIN + luck * (LATENCY_MS_MAX - LATENCY_MS_MIN);
    setTimeout(() => {
      if (isLimited)
        return send(429, { error: "Too many calls; try again in a moment." }, { "retry-after": "0.2" });
      const url = new URL(request.url ?? "/", "http://upstream");
      const found = answer({
        method: request.method ?? "GET",
        path: url.pathname,
        query: url.searchParams,
        body,
      });
      send(found.status, found.body);
    }, latencyMs);
  });
}
