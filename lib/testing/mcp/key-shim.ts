import { request } from "node:http";
import { listenOnLoopback } from "./test-gateway.ts";

/**
 * Passes everything on to `target` unchanged and adds a key: for clients that cannot be told to send one. `url` is the
 * URL to call instead.
 */
export async function startKeyShim(
  target: string,
  secret: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const { hostname, port, pathname } = new URL(target);
  const server = await listenOnLoopback((req, res) => {
    const upstream = request(
      {
        host: hostname,
        port,
        path: req.url,
        method: req.method,
        headers: { ...req.headers, "x-api-key": secret },
        agent: false,
      },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        res.flushHeaders();
        answer.pipe(res);
        answer.on("error", () => res.destroy());
      },
    );
    upstream.on("error", () => res.destroy());
    res.on("close", () => upstream.destroy());
    req.pipe(upstream);
  });
  return { url: `${server.url}${pathname}`, close: server.close };
}
