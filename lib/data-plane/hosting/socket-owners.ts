import { chmodSync } from "node:fs";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * Many unix sockets in front of one HTTP server. Each socket has an owner, so a request belongs to whoever was given
 * the socket it came through: nothing in the request itself can claim another owner.
 */
export interface SocketOwners<Owner> {
  /** Listens on `path` for `owner`; resolves with how to stop, which also ends open connections. */
  listen(path: string, owner: Owner): Promise<() => void>;
  ownerOf(source: IncomingMessage | Duplex): Owner | undefined;
}

export function createSocketOwners<Owner>(server: HttpServer): SocketOwners<Owner> {
  const owners = new WeakMap<object, Owner>();
  return {
    listen(path, owner) {
      const open = new Set<Socket>();
      const listener = createServer((socket) => {
        owners.set(socket, owner);
        open.add(socket);
        socket.once("close", () => open.delete(socket));
        server.emit("connection", socket);
      });
      return new Promise((resolve, reject) => {
        listener.once("error", reject);
        listener.listen(path, () => {
          try {
            // The directory, not the socket, decides who may connect: the runtime may run as another user.
            chmodSync(path, 0o666);
          } catch (error) {
            listener.close();
            reject(error);
            return;
          }
          resolve(() => {
            listener.close();
            for (const socket of open) socket.destroy();
          });
        });
      });
    },
    ownerOf: (source) => owners.get("socket" in source ? source.socket : source),
  };
}
