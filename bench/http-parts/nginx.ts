import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import path from "node:path";
import { freePort } from "#lib/testing/installation.ts";
import type { Address } from "./http-load.ts";
import type { BenchProcesses } from "./processes.ts";

const NGINX = "/usr/sbin/nginx";

/**
 * nginx as a reverse proxy with keep-alive on both sides, one process: `/{name}` leads to `/mcp` of the upstream of that
 * name. Null when nginx is not installed.
 */
export async function startNginx(
  processes: BenchProcesses,
  directory: string,
  upstreams: Readonly<Record<string, Address>>,
): Promise<{ port: number; pid: number } | null> {
  if (!existsSync(NGINX)) {
    console.log("nginx is not installed (apt-get install nginx): its rows are left out");
    return null;
  }
  const port = await freePort();
  const home = await mkdtemp(path.join(directory, "nginx-"));
  const config = path.join(home, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${home}/${name};`)
    .join("\n  ");
  const serverOf = (address: Address): string =>
    "path" in address ? `unix:${address.path}` : `${address.host}:${address.port}`;
  const blocks = Object.entries(upstreams).map(
    ([name, address]) =>
      `upstream ${name} { server ${serverOf(address)}; keepalive 64; keepalive_requests 100000000; }`,
  );
  const locations = Object.keys(upstreams).map(
    (name) =>
      `location /${name} { proxy_pass http://${name}/mcp; proxy_http_version 1.1; proxy_set_header Connection ""; }`,
  );
  await writeFile(
    config,
    `daemon off;
master_process off;
pid ${home}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  ${temporary}
  ${blocks.join("\n  ")}
  server { listen 127.0.0.1:${port}; ${locations.join(" ")} }
}
`,
  );
  const child = processes.add(spawn(NGINX, ["-c", config, "-p", home], { stdio: "inherit" }));
  await untilAnswers(`http://127.0.0.1:${port}/`);
  return { port, pid: child.pid ?? 0 };
}

const POLL_MS = 50;
const POLLS_MAX = 600;

/** Waits until something answers at `url`, whatever it answers. Throws after 30 s. */
export async function untilAnswers(url: string): Promise<void> {
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    const isUp = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      async (response) => {
        await response.body?.cancel();
        return true;
      },
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`nothing answers at ${url}`);
}
