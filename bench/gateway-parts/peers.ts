import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { freePort } from "#lib/testing/installation.ts";
import { npmPackage } from "#lib/testing/npm-package.ts";
import type { Target } from "../http-parts/compare.ts";
import { postRequest, toolCallBody } from "../http-parts/http-load.ts";
import { untilAnswers } from "../http-parts/nginx.ts";
import { type BenchProcesses, treeOf } from "../http-parts/processes.ts";

const STDIO = path.join(import.meta.dirname, "stdio-process.ts");
const LOOPBACK_ONLY = path.resolve(import.meta.dirname, "../../lib/testing/mcp/loopback-only.mjs");
const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "bench", version: "1.0.0" },
  },
});
const INITIALIZED = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });

/** An MCP gateway from npm. Those that stand before programs only get the stdio form of the upstream. */
interface Peer {
  name: string;
  version: string;
  /** The program inside the package. */
  entry: string;
  options(port: number): string[];
  env?(port: number, upstreamUrl: string): Record<string, string>;
}

const PEERS: readonly Peer[] = [
  {
    name: "supergateway",
    version: "4.0.0",
    entry: "dist/index.js",
    // Without sessions it starts a program per call.
    options: (port) => [
      ...["--stdio", `${process.execPath} ${STDIO}`, "--outputTransport", "streamableHttp", "--stateful"],
      ...["--port", String(port), "--logLevel", "none"],
    ],
  },
  {
    name: "mcp-proxy",
    version: "6.7.19",
    entry: "dist/bin/mcp-proxy.mjs",
    options: (port) => [
      ...["--port", String(port), "--host", "127.0.0.1", "--server", "stream", "--stateless"],
      ...["--apiKey", "bench", "--", process.execPath, STDIO],
    ],
  },
  {
    name: "@civic/passthrough-mcp-server",
    version: "0.12.1",
    entry: "dist/cli.js",
    options: () => [],
    env: (port, upstreamUrl) => ({
      PORT: String(port),
      TARGET_SERVER_URL: upstreamUrl,
      TARGET_SERVER_TRANSPORT: "httpStream",
      LOG_LEVEL: "error",
    }),
  },
];

/** Starts the peers that can be had, each before the upstream; one that does not work is left out and named. */
export async function startPeers(processes: BenchProcesses, upstreamUrl: string): Promise<Target[]> {
  const targets: Target[] = [];
  for (const peer of PEERS) {
    try {
      targets.push(await startPeer(processes, peer, upstreamUrl));
    } catch (error) {
      console.log(`${peer.name} is left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return targets;
}

async function startPeer(processes: BenchProcesses, peer: Peer, upstreamUrl: string): Promise<Target> {
  const directory = await npmPackage(peer.name, peer.version);
  const port = await freePort();
  const child: ChildProcess = processes.add(
    spawn(
      process.execPath,
      ["--import", LOOPBACK_ONLY, path.join(directory, peer.entry), ...peer.options(port)],
      {
        stdio: ["pipe", "ignore", "ignore"],
        env: { ...process.env, NODE_ENV: "production", ...peer.env?.(port, upstreamUrl) },
      },
    ),
  );
  const url = `http://127.0.0.1:${port}/mcp`;
  await untilAnswers(url);
  const headers = await openSession(url);
  return {
    name: peer.name,
    address: { host: "127.0.0.1", port },
    requestOf: (connection) => postRequest("/mcp", toolCallBody(connection + 1), headers),
    pids: treeOf(child.pid ?? 0),
  };
}

/** Some want a session first: answers the headers that every call must carry then. */
async function openSession(url: string): Promise<Record<string, string>> {
  const post = (body: string, headers: Record<string, string>) =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body,
    });
  const key = { "x-api-key": "bench" };
  const answer = await post(INITIALIZE, key);
  if (!answer.ok) throw new Error(`initialize answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
  const session = answer.headers.get("mcp-session-id");
  const headers = {
    ...key,
    "mcp-protocol-version": "2025-06-18",
    ...(session === null ? {} : { "mcp-session-id": session }),
  };
  await (await post(INITIALIZED, headers)).text();
  const called = await post(toolCallBody(1), headers);
  const text = await called.text();
  if (!called.ok || !text.includes("xxx"))
    throw new Error(`a call answered ${called.status}: ${text.slice(0, 300)}`);
  return headers;
}
