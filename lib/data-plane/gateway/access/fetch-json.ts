import { type buildConnector, Client } from "undici";
import { limits } from "#lib/kernel/limits.ts";

/** Gets a JSON document of an authorization server. Rejects with a readable Error. */
export type FetchJson = (url: string) => Promise<unknown>;

/**
 * Fetches through `connect`, which refuses addresses that tenants must not name. Bounded in time and bytes; a redirect is
 * an error, since it could lead somewhere else than was checked. One connection per document: they are rare.
 */
export function createFetchJson(connect: buildConnector.connector): FetchJson {
  const { issuerTimeoutMs, issuerResponseBytesMax } = limits.gateways;
  return async (url) => {
    const { origin, pathname, search, protocol } = new URL(url);
    if (protocol !== "http:" && protocol !== "https:") throw new Error(`${url} is no http(s) URL`);
    const client = new Client(origin, { connect, pipelining: 1, allowH2: false });
    const signal = AbortSignal.timeout(issuerTimeoutMs);
    try {
      const { statusCode, body } = await client.request({
        method: "GET",
        path: pathname + search,
        headers: { accept: "application/json", "accept-encoding": "identity" },
        signal,
      });
      const chunks: Buffer[] = [];
      let bytes = 0;
      if (statusCode !== 200) throw new Error(`${url} answered with HTTP ${statusCode}`);
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > issuerResponseBytesMax)
          throw new Error(`${url} answered with more than ${issuerResponseBytesMax} bytes`);
        chunks.push(chunk);
      }
      return JSON.parse(Buffer.concat(chunks).toString("utf8"));
    } catch (error) {
      if (signal.aborted)
        throw new Error(`${url} did not answer within ${issuerTimeoutMs / 1000} s`, { cause: error });
      if (error instanceof SyntaxError) throw new Error(`${url} did not answer with JSON`, { cause: error });
      throw error;
    } finally {
      await client.destroy();
    }
  };
}
