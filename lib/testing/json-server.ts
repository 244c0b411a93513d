import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A body, a text that is no JSON, or a bare status. */
export type JsonAnswer = object | string | number;

/**
 * A web server on loopback that answers each path with JSON, and any other with `otherwise`. `pages` is told its URL;
 * a path with 302 leads to itself with a slash.
 */
export async function startJsonServer(
  pages: (base: string) => Record<string, JsonAnswer>,
  otherwise = 404,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((req, res) => {
    const path = req.url ?? "/";
    const answer = answers[path] ?? otherwise;
    if (typeof answer === "number") {
      res.writeHead(answer, answer === 302 ? { location: `${path}/` } : {}).end();
      return;
    }
    res.writeHead(200, { "content-type": "application/json" });
    res.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answers = pages(url);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
