const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;
const ZEROS = /^0+$/;

/** The W3C trace that a request belongs to. */
export interface TraceContext {
  /** 32 hexadecimal characters. */
  traceId: string;
  /** The header to send on: the client's own when it is valid, since no span of ours is exported. */
  traceparent: string;
  isFromClient: boolean;
}

/** The client's trace when it sent a valid one, else a new one made from the request's UUID. */
export function traceContextOf(header: string | null, requestUuid: string): TraceContext {
  if (header !== null && header.length <= 128) {
    const match = TRACEPARENT.exec(header);
    const [, traceId = "", spanId = ""] = match ?? [];
    const isValid = match !== null && !header.startsWith("ff") && !ZEROS.test(traceId) && !ZEROS.test(spanId);
    if (isValid) return { traceId, traceparent: header, isFromClient: true };
  }
  // On the request path: five slices cost a fraction of a search.
  const uuid = requestUuid;
  const traceId =
    uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24);
  return { traceId, traceparent: `00-${traceId}-${traceId.slice(16)}-00`, isFromClient: false };
}
