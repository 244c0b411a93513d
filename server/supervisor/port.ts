import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { limits } from "#lib/kernel/limits.ts";
import { StartError } from "./start-error.ts";

/** Waits up to `waitMs` until `port` is free on `host`; else throws StartError that names it. */
export async function requireFreePort(host: string, port: number, waitMs: number): Promise<void> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const problem = await tryListen(host, port);
    if (problem === null) return;
    if (problem.code !== "EADDRINUSE") {
      throw new StartError(
        `Cannot listen on ${host}:${port}: ${problem.message}. Choose another HOST or PORT.`,
      );
    }
    if (performance.now() > deadlineMs) {
      throw new StartError(
        `Port ${port} on ${host} is in use by another program. Stop that program, or choose another port: PORT=${port + 1} npm start`,
      );
    }
    await delay(limits.supervisor.portPollMs);
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const tryListen = (host: string, port: number): Promise<NodeJS.ErrnoException | null> =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
