const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;
const ZEROS = /^0+$/;

/** The W3C trace that a request belongs to. */
export interface TraceContext {
  /** 32 hexadecimal characters. */
  traceId: string;
  /** The client's span, 16 hexadecimal characters; null when it sent no valid trace. */
  parentSpanId: string | null;
  /** The header to send on. While no span of ours is exported it is the client's own when that is valid. */
  traceparent: string;
  isFromClient: boolean;
}

/**
 * The client's trace when it sent a valid one, else a new one made from the request's UUID. With `isExported` there will
 * be a span of ours, whose id is the last half of that UUID, and what is sent on names it.
 */
export function traceContextOf(
  header: string | null,
  requestUuid: string,
  isExported: boolean,
): TraceContext {
  if (header !== null && header.length <= 128) {
    const match = TRACEPARENT.exec(header);
    const [, traceId = "", spanId = ""] = match ?? [];
    const isValid = match !== null && !header.startsWith("ff") && !ZEROS.test(traceId) && !ZEROS.test(spanId);
    if (isValid) {
      const flags = header.slice(53, 55);
      const own = isExported ? `00-${traceId}-${spanIdOf(requestUuid)}-${flags}` : header;
      return { traceId, parentSpanId: spanId, traceparent: own, isFromClient: true };
    }
  }
  // On the request path: five slices cost a fraction of a search.
  const uuid = requestUuid;
  const traceId =
    uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24);
  const flags = isExported ? "01" : "00";
  const traceparent = `00-${traceId}-${traceId.slice(16)}-${flags}`;
  return { traceId, parentSpanId: null, traceparent, isFromClient: false };
}

const spanIdOf = (uuid: string): string => uuid.slice(19, 23) + uuid.slice(24);
