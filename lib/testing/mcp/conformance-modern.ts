import { randomBytes } from "node:crypto";
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createMcpHandler,
  createRequestStateCodec,
  fromJsonSchema,
  type InputRequiredResult,
  inputRequired,
  type McpHttpHandler,
  McpServer,
  ResourceTemplate,
  type ServerContext,
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

const step = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, STEP_MS));
const answer = (text: string) => ({ content: [{ type: "text" as const, text }] });
const NAME = z.object({ name: z.string() });
const COLOR = z.object({ color: z.string() });
const CONFIRMED = z.object({ ok: z.boolean() });
const CONTEXT = z.object({ context: z.string() });

const ask = (message: string, requestedSchema: z.ZodObject) =>
  inputRequired.elicit({ message, requestedSchema });
const askModel = (text: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text } }], maxTokens });

/** State of calls that take several rounds, signed; what came back changed is refused. */
const states = createRequestStateCodec<{ tool: string; name?: string }>({ key: randomBytes(32) });

/** An argument that clients repeat in the header `Mcp-Param-Region`. */
const REGION = { type: "string" as const, "x-mcp-header": "Region" };

interface RoundTool {
  name: string;
  description: string;
  run(context: ServerContext): Promise<ReturnType<typeof answer> | InputRequiredResult>;
}

const responseOf = (context: ServerContext, key: string): unknown => context.mcpReq.inputResponses?.[key];

/** Tools that ask the client for something before they answer. */
const ROUND_TOOLS: readonly RoundTool[] = [
  {
    name: "test_input_required_result_elicitation",
    description: "Asks the user for a name.",
    async run(context) {
      const given = acceptedContent(context.mcpReq.inputResponses, "user_name", NAME);
      if (given) return answer(`Hello, ${given.name}!`);
      return inputRequired({ inputRequests: { user_name: ask("What is your name?", NAME) } });
    },
  },
  {
    name: "test_input_required_result_sampling",
    description: "Asks the client's model.",
    async run(context) {
      const given = responseOf(context, "capital_question");
      if (given) return answer(`The model says: ${JSON.stringify(given)}`);
      return inputRequired({
        inputRequests: { capital_question: askModel("What is the capital of France?", 100) },
      });
    },
  },
  {
    name: "test_input_required_result_list_roots",
    description: "Asks for the client's roots.",
    async run(context) {
      const given = responseOf(context, "client_roots");
      if (given) return answer(`Roots: ${JSON.stringify(given)}`);
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  },
  {
    name: "test_input_required_result_request_state",
    description: "Remembers its state at the client.",
    async run(context) {
      const tool = "test_input_required_result_request_state";
      const given = acceptedContent(context.mcpReq.inputResponses, "confirm", CONFIRMED);
      const state = context.mcpReq.requestState<{ tool: string }>();
      if (given && state?.tool === tool) return answer("state-ok");
      return inputRequired({
        inputRequests: { confirm: ask("Please confirm", CONFIRMED) },
        requestState: await states.mint({ tool }),
      });
    },
  },
  {
    name: "test_input_required_result_multiple_inputs",
    description: "Asks for several things at once.",
    async run(context) {
      const given = acceptedContent(context.mcpReq.inputResponses, "user_name", NAME);
      if (given && responseOf(context, "greeting") && responseOf(context, "client_roots"))
        return answer(`Greeted ${given.name}.`);
      return inputRequired({
        inputRequests: {
          user_name: ask("What is your name?", NAME),
          greeting: askModel("Generate a greeting", 50),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await states.mint({ tool: "test_input_required_result_multiple_inputs" }),
      });
    },
  },
  {
    name: "test_input_required_result_multi_round",
    description: "Asks twice, one after the other.",
    async run(context) {
      const tool = "test_input_required_result_multi_round";
      const state = context.mcpReq.requestState<{ tool: string; name?: string }>();
      const color = acceptedContent(context.mcpReq.inputResponses, "step2", COLOR);
      if (color && state?.name !== undefined) return answer(`${state.name} likes ${color.color}.`);
      const named = acceptedContent(context.mcpReq.inputResponses, "step1", NAME);
      if (named && state)
        return inputRequired({
          inputRequests: { step2: ask("Step 2: What is your favorite color?", COLOR) },
          requestState: await states.mint({ tool, name: named.name }),
        });
      return inputRequired({
        inputRequests: { step1: ask("Step 1: What is your name?", NAME) },
        requestState: await states.mint({ tool }),
      });
    },
  },
  {
    name: "test_input_required_result_tampered_state",
    description: "Refuses state that it did not make.",
    async run(context) {
      const given = acceptedContent(context.mcpReq.inputResponses, "confirm", CONFIRMED);
      if (given && context.mcpReq.requestState()) return answer("The state is as it was.");
      return inputRequired({
        inputRequests: { confirm: ask("Please confirm", CONFIRMED) },
        requestState: await states.mint({ tool: "test_input_required_result_tampered_state" }),
      });
    },
  },
  {
    name: "test_input_required_result_capabilities",
    description: "Asks only for what the client can do.",
    async run(context) {
      const can = capabilitiesOf(context);
      return inputRequired({
        inputRequests: {
          ...(can.elicitation ? { user_name: ask("What is your name?", NAME) } : {}),
          ...(can.sampling ? { question: askModel("What is the capital of France?", 100) } : {}),
        },
        requestState: await states.mint({ tool: "test_input_required_result_capabilities" }),
      });
    },
  },
  {
    name: "test_missing_capability",
    description: "Needs a client that can sample, and is refused by the SDK for any other.",
    async run(context) {
      const given = responseOf(context, "sampled");
      if (given) return answer("The client can sample.");
      return inputRequired({ inputRequests: { sampled: askModel("Are you there?", 10) } });
    },
  },
  {
    name: "test_streaming_elicitation",
    description: "Asks the user in the middle of a stream.",
    async run(context) {
      const given = acceptedContent(context.mcpReq.inputResponses, "user_name", NAME);
      if (given) return answer(`Hello, ${given.name}!`);
      return inputRequired({ inputRequests: { user_name: ask("What is your name?", NAME) } });
    },
  },
];

function capabilitiesOf(context: ServerContext): Readonly<Record<string, unknown>> {
  const envelope: Readonly<Record<string, unknown>> = context.mcpReq.envelope ?? {};
  return (envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as Readonly<Record<string, unknown>>;
}

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
