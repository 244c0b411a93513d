import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";

/** A TCP relay whose connections can be cut, also in the middle of a message. */
export interface CuttingProxy {
  readonly port: number;
  readonly connections: number;
  /** Cuts every connection: at once, or after a part of the next bytes from the server. */
  cut(how: "now" | "in_a_message"): void;
  close(): void;
}

export async function startCuttingProxy(targetPort: number, random: () => number): Promise<CuttingProxy> {
  const cutters = new Set<(how: "now" | "in_a_message") => void>();
  const server = net.createServer((client) => {
    const upstream = net.connect(targetPort, "127.0.0.1");
    let cutsNext = false;
    const end = (): void => {
      cutters.delete(cutter);
      client.destroy();
      upstream.destroy();
    };
    const cutter = (how: "now" | "in_a_message"): void => {
      if (how === "now") end();
      else cutsNext = true;
    };
    cutters.add(cutter);
    for (const socket of [client, upstream] satisfies Socket[]) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      if (!cutsNext) {
        if (!client.write(bytes)) upstream.pause();
        return;
      }
      cutsNext = false;
      upstream.pause();
      client.write(bytes.subarray(0, Math.floor(random() * bytes.length)), end);
    });
    client.on("drain", () => upstream.resume());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return cutters.size;
    },
    cut(how) {
      for (const cutter of [...cutters]) cutter(how);
    },
    close() {
      for (const cutter of [...cutters]) cutter("now");
      server.close();
    },
  };
}
