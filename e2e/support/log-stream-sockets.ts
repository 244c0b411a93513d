import { once } from "node:events";
import WebSocket from "ws";

/** Opens viewers of a server's log stream from outside, by an API token, and waits until all are in. */
export async function openViewers(
  url: string,
  slug: string,
  token: string,
  count: number,
): Promise<WebSocket[]> {
  const viewers = Array.from(
    { length: count },
    () =>
      new WebSocket(`${url.replace(/^http/, "ws")}/log-stream/${slug}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
  );
  await Promise.all(viewers.map((viewer) => once(viewer, "message")));
  return viewers;
}

/** The HTTP status with which an upgrade to the log stream is refused; 101 when it is not. */
export async function upgradeStatus(
  url: string,
  slug: string,
  headers: Record<string, string>,
): Promise<number> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/log-stream/${slug}`, { headers });
  return new Promise((resolve, reject) => {
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("unexpected-response", (_request, response) => {
      response.resume();
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.on("error", reject);
  });
}
