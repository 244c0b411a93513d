import { limits } from "#lib/kernel/limits.ts";

/** The shape of `fetch` that an MCP transport needs. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** What the last HTTP exchange of a session looked like: the evidence that a failure is explained from. */
export interface Observation {
  /** Responses received so far, of any status. */
  responses: number;
  status: number | null;
  contentType: string | null;
  /** Wire id that the gateway gave to the last exchange. */
  requestId: string | null;
  /** Start of the last body that came with an error status. */
  bodyExcerpt: string;
  /** Why the last exchange had no response. */
  networkError: unknown;
  /** The response was cut because it was larger than `limits.checks.responseBytesMax`. */
  tooLarge: boolean;
}

const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** `fetch` that notes what it sees in `observation` and bounds what it reads. */
export function observedFetch(fetch: FetchLike, observation: Observation): FetchLike {
  return async (url, init) => {
    // The optional event stream (GET) and the end of a session (DELETE) may be refused without harm.
    if ((init?.method ?? "GET").toUpperCase() !== "POST") return fetch(url, init);
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      // An abort is our own doing: it says nothing about the server.
      if (!init?.signal?.aborted) observation.networkError = error;
      throw error;
    }
    observation.responses += 1;
    observation.networkError = undefined;
    observation.status = response.status;
    observation.contentType = response.headers.get("content-type");
    observation.requestId = response.headers.get("x-request-id") ?? observation.requestId;
    observation.bodyExcerpt = "";
    if (response.body === null || NULL_BODY_STATUSES.has(response.status)) return response;
    if (!response.ok) {
      observation.bodyExcerpt = await readStart(response.body, limits.checks.failureBodyBytesMax);
      return rebuilt(response, observation.bodyExcerpt);
    }
    return rebuilt(response, response.body.pipeThrough(bounded(observation)));
  };
}

const rebuilt = (response: Response, body: BodyInit): Response => {
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  headers.delete("content-encoding");
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
};

function bounded(observation: Observation): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= limits.checks.responseBytesMax) return controller.enqueue(chunk);
      observation.tooLarge = true;
      controller.error(new Error("The response is too large."));
    },
  });
}

async function readStart(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<string> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < bytesMax) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value.subarray(0, bytesMax - bytes));
    bytes += value.byteLength;
  }
  await reader.cancel();
  return new TextDecoder().decode(Buffer.concat(parts));
}
