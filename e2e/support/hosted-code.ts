const HOSTED_CODE = `
const TOOLS = {
  levels() {
    console.log("by log");
    console.info("by info");
    console.warn("by warn");
    console.error("by error");
    console.debug("by debug");
  },
  write({ from = 1, count = 1, level = "log", text = "line" }) {
    for (let number = from; number < from + count; number++) console[level](text + " " + number);
  },
  read_environment: ({ name }, env) => {
    console.log("the value is %s", env[name]);
    return String(env[name]);
  },
  flood: ({ count }) => {
    for (let number = 1; number <= count; number++) console.log("flood " + number);
  },
  loop: () => { for (;;); },
  allocate: () => { const kept = []; for (;;) kept.push(new Array(100000).fill(Math.random())); },
  answer_with: ({ bytes }) => "x".repeat(bytes),
  hang: () => new Promise(() => {}),
  crash: () => { throw new TypeError("a bug of the tenant"); },
};
const described = Object.keys(TOOLS).filter((name) => !WITHOUT.includes(name)).map((name) => ({ name, inputSchema: { type: "object" } }));

async function answer({ method, params }, env) {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "hosted-by-e2e", version: "VERSION" },
      };
    case "ping":
      return {};
    case "tools/list":
      if (env.FAIL_TOOLS_LIST) throw new Error("told to fail");
      await new Promise((resolve) => setTimeout(resolve, LIST_DELAY_MS));
      return { tools: described };
    case "tools/call": {
      const tool = TOOLS[params.name];
      if (!tool) return { isError: true, content: [{ type: "text", text: "There is no such tool." }] };
      const text = await tool(params.arguments ?? {}, env);
      return { content: [{ type: "text", text: text ?? "done" }] };
    }
  }
}

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const message = await request.json();
    if (message.id === undefined) return new Response(null, { status: 202 });
    const reply = (part) => Response.json({ jsonrpc: "2.0", id: message.id, ...part });
    try {
      const result = await answer(message, env);
      return reply(result ? { result } : { error: { code: -32601, message: "Method not found" } });
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return reply({ error: { code: -32603, message: error.message } });
    }
  },
};
`;

interface HostedCodeOptions {
  /** How long it takes to list its tools, so that a publish can be watched. */
  listDelayMs?: number;
  /** Tools that it does not list. */
  without?: readonly string[];
}

/**
 * A hosted MCP server in one module without dependencies, whose tools write lines, misbehave, or read the environment.
 * It speaks the older protocol, and calls itself `version`.
 */
export const hostedCode = (
  version: string,
  { listDelayMs = 0, without = [] }: HostedCodeOptions = {},
): string =>
  HOSTED_CODE.replace("VERSION", version)
    .replace("LIST_DELAY_MS", String(listDelayMs))
    .replace("WITHOUT", JSON.stringify(without));
