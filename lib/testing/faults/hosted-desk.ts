import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

/**
 * The code of a hosted desk, bundled by `desk-code.ts`, which replaces `__TRAITS__`: what is wrong with this version.
 * Runs in workerd; speaks both eras.
 */
declare const __TRAITS__: DeskTraits;

export interface DeskTraits {
  version: string;
  /** Burns that much processor time when the module starts. */
  startMs?: number;
  /** By tool: what it does wrong. */
  throwsIn?: string;
  allocatesIn?: string;
  spinMs?: number;
  /** A tool that is listed, and that nothing handles. */
  unhandled?: string;
  /** Says nothing on the console. */
  isSilent?: boolean;
}

interface Environment {
  API_URL?: string;
  API_KEY?: string;
  DESK_REGION?: string;
}

const traits: DeskTraits = __TRAITS__;

function burn(forMs: number): void {
  // workerd's clock stands still while code runs, so time is measured in work.
  let sum = 0;
  for (let step = 0; step < forMs * 60_000; step++) sum += Math.sqrt(step);
  if (sum < 0) throw new Error("unreachable");
}

if (traits.startMs !== undefined) burn(traits.startMs);

const text = (said: string, isError = false) => ({
  isError,
  content: [{ type: "text" as const, text: said }],
});

async function askApi(env: Environment): Promise<ReturnType<typeof text>> {
  if (env.API_KEY === undefined) throw new Error("API_KEY is not set");
  const response = await fetch(`${env.API_URL}/tickets/1`, { headers: { "x-api-key": env.API_KEY } });
  const body = await response.text();
  if (response.ok) return text(body);
  console.error(`the ticket API answered ${response.status}`);
  return text(`The ticket API answered ${response.status}.`, true);
}

function serverOf(env: Environment): McpServer {
  const server = new McpServer({ name: "hosted-desk", version: traits.version });
  const tool = (name: string, run: () => Promise<ReturnType<typeof text>>) =>
    server.registerTool(name, { inputSchema: z.object({ query: z.string().optional() }) }, async () => {
      if (traits.isSilent !== true) console.log(`${name} was called`);
      if (traits.throwsIn === name) {
        console.error(`TypeError in ${name}: cannot read properties of undefined (reading 'id')`);
        throw new TypeError("Cannot read properties of undefined (reading 'id')");
      }
      if (traits.allocatesIn === name) {
        const kept: unknown[] = [];
        for (;;) kept.push(new Array(100_000).fill(Math.random()));
      }
      if (traits.spinMs !== undefined) burn(traits.spinMs);
      return run();
    });
  tool("search_tickets", async () => text("T-1001, T-1002"));
  tool("get_ticket", () => askApi(env));
  tool("close_ticket", async () => text("closed"));
  return server;
}

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    if (traits.unhandled !== undefined && request.method === "POST") {
      const asked = (await request.clone().json()) as {
        id?: unknown;
        method?: string;
        params?: { name?: string };
      };
      if (asked.method === "tools/call" && asked.params?.name === traits.unhandled) {
        const error = { code: -32601, message: `No handler for the tool ${traits.unhandled}` };
        return Response.json({ jsonrpc: "2.0", id: asked.id, error });
      }
    }
    return createMcpHandler(() => serverOf(env)).fetch(request);
  },
};
