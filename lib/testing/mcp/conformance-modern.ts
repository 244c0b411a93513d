import {
  acceptedContent,
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  type McpHttpHandler,
  McpServer,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import {
  PLAIN_TOOLS,
  PROMPTS,
  RESOURCE_TEMPLATE,
  RESOURCES,
  SCHEMA_TOOL,
  STEP_MS,
  templateText,
} from "./conformance-content.ts";
import { answer, ask, ROUND_TOOLS, states } from "./conformance-rounds.ts";

const step = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, STEP_MS));
const CONTEXT = z.object({ context: z.string() });
/** An argument that clients repeat in the header `Mcp-Param-Region`. */
const REGION = { type: "string" as const, "x-mcp-header": "Region" };

type Notifier = McpHttpHandler["notify"];

function createServer(notifier: () => Notifier): McpServer {
  const server = new McpServer(
    { name: "conformance-fixture", version: "2.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: {},
        logging: {},
        completions: {},
      },
      requestState: { verify: states.verify },
      cacheHints: {
        "tools/list": { ttlMs: 60_000, cacheScope: "private" },
        "prompts/list": { ttlMs: 60_000, cacheScope: "public" },
      },
    },
  );
  registerTools(server, notifier);
  registerResources(server);
  registerPrompts(server);
  return server;
}

function registerTools(server: McpServer, notifier: () => Notifier): void {
  for (const { name, description, content, isError } of PLAIN_TOOLS) {
    server.registerTool(name, { description }, async () => ({ content, ...(isError ? { isError } : {}) }));
  }
  for (const { name, description, run } of ROUND_TOOLS) server.registerTool(name, { description }, run);
  const { name, description, inputSchema } = SCHEMA_TOOL;
  server.registerTool(name, { description, inputSchema: fromJsonSchema(inputSchema) }, async () =>
    answer("ok"),
  );
  server.registerTool(
    "test_x_mcp_header",
    {
      description: "Has an argument that travels in a header too.",
      inputSchema: fromJsonSchema<{ region: string }>({
        type: "object",
        properties: { region: REGION },
        required: ["region"],
      }),
    },
    async ({ region }) => answer(`Region: ${region}`),
  );
  server.registerTool(
    "test_tool_with_progress",
    { description: "Reports progress while it runs." },
    async ({ mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progress > 0) await step();
        if (progressToken === undefined) continue;
        await mcpReq.notify({
          method: "notifications/progress",
          params: { progressToken, progress, total: 100 },
        });
      }
      return answer("Progressed.");
    },
  );
  server.registerTool(
    "test_logging_tool",
    { description: "Writes a log message for those who asked for some." },
    async ({ mcpReq }) => {
      await mcpReq.log("info", "The tool runs.");
      return answer("Logged.");
    },
  );
  server.registerTool("test_trigger_tool_change", { description: "Says that tools changed." }, async () => {
    notifier().toolsChanged();
    return answer("Told.");
  });
  server.registerTool(
    "test_trigger_prompt_change",
    { description: "Says that prompts changed." },
    async () => {
      notifier().promptsChanged();
      return answer("Told.");
    },
  );
}

function registerResources(server: McpServer): void {
  for (const { uri, name, description, mimeType, body } of RESOURCES) {
    server.registerResource(name, uri, { description, mimeType }, async () => ({
      contents: [{ uri, mimeType, ...body }],
    }));
  }
  const { uriTemplate, name, description, mimeType } = RESOURCE_TEMPLATE;
  server.registerResource(
    name,
    new ResourceTemplate(uriTemplate, { list: undefined }),
    { description, mimeType },
    async (uri, { id }) => ({ contents: [{ uri: uri.href, mimeType, text: templateText(String(id)) }] }),
  );
}

function registerPrompts(server: McpServer): void {
  for (const { name, description, arguments: args, messages } of PROMPTS) {
    const shape = Object.fromEntries(args.map((arg) => [arg.name, z.string().describe(arg.description)]));
    if (args.length === 0)
      server.registerPrompt(name, { description }, async () => ({ messages: messages({}) }));
    else
      server.registerPrompt(name, { description, argsSchema: z.object(shape) }, async (given) => ({
        messages: messages(given as Record<string, string>),
      }));
  }
  server.registerPrompt(
    "test_input_required_result_prompt",
    { description: "Asks the user for its context." },
    async (context) => {
      const given = acceptedContent(context.mcpReq.inputResponses, "user_context", CONTEXT);
      if (!given)
        return inputRequired({
          inputRequests: { user_context: ask("What context should the prompt use?", CONTEXT) },
        });
      return {
        messages: [
          { role: "user" as const, content: { type: "text" as const, text: `Context: ${given.context}` } },
        ],
      };
    },
  );
  // Makes the server answer completions; the suite asks for nothing more.
  server.server.setRequestHandler("completion/complete", async () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
}

/** The modern half of the fixture server: stateless, with rounds, subscriptions and cache hints. */
export function createModernFixture(): McpHttpHandler {
  const handler: McpHttpHandler = createMcpHandler(() => createServer(() => handler.notify), {
    legacy: "reject",
  });
  return handler;
}
