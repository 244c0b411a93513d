#!/usr/bin/env node
// Plain JavaScript on purpose: it must start under any Node, and then finds one that runs TypeScript.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bundledNode = path.join(root, "node_modules", ".bin", "node");

if (process.features.typescript) await runHere();
else if (existsSync(bundledNode)) runElsewhere(bundledNode);
else {
  process.stderr.write(
    `mcpstack: Node ${process.versions.node} cannot run it.\n  → Install Node 24, or run \`npm install\` in ${root}.\n`,
  );
  process.exitCode = 1;
}

/** Hands everything over to a newer Node: arguments, streams, signals and the exit code. */
function runElsewhere(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to both; the child decides how to end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    process.stderr.write(`mcpstack: ${node} cannot be started (${error.message}).\n`);
    process.exitCode = 1;
  });
  child.on("close", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1);
  });
}

async function runHere() {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  // Keeps stripped and compiled code between runs; where the directory cannot be written it does nothing.
  nodeModule.enableCompileCache?.(path.join(cache, "mcpstack", "compile"));
  // A reader that went away, as in `mcpstack … | head`, is no failure.
  process.stdout.on("error", (error) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const { main } = await import("../lib/cli/main.ts");
  process.exitCode = await main(process.argv.slice(2), createIo());
}

function createIo() {
  return {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    outTaken: async () => {
      if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
    },
    err: (text) => void process.stderr.write(text),
    stdoutIsTty: process.stdout.isTTY === true,
    stdinIsTty: process.stdin.isTTY === true,
    readStdin,
    askSecret,
    onInterrupt(listener) {
      process.on("SIGINT", listener);
      process.on("SIGTERM", listener);
      return () => {
        process.off("SIGINT", listener);
        process.off("SIGTERM", listener);
      };
    },
    homeDirectory: homedir(),
    nowMs: Date.now,
  };
}

async function readStdin(bytesMax) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new Error(`standard input has more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads one line from the terminal without showing it. */
async function askSecret(question) {
  process.stderr.write(question);
  process.stdin.setRawMode(true);
  try {
    let text = "";
    for await (const chunk of process.stdin) {
      for (const character of chunk.toString("utf8")) {
        if (character === "\r" || character === "\n" || character === "\u0004") return text;
        if (character === "\u0003") process.exit(130);
        text = character === "\u007f" || character === "\b" ? text.slice(0, -1) : text + character;
      }
    }
    return text;
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stderr.write("\n");
  }
}
