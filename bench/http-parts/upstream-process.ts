import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerTo } from "./answers.ts";

/** A plain Node server without sessions. */
const server = createServer({ keepAliveTimeout: 600_000 }, (req, res) => {
  if (req.method !== "POST") {
    res.writeHead(405).end();
    return;
  }
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    const body = answerTo(Buffer.concat(chunks).toString("utf8"));
    if (body === null) {
      res.writeHead(202).end();
      return;
    }
    res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    res.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on("disconnect", () => process.exit(0));
