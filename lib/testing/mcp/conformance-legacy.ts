import { randomUUID } from "node:crypto";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  type EventStore,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  CompleteRequestSchema,
  CreateMessageResultSchema,
  ElicitResultSchema,
  GetPromptRequestSchema,
  type JSONRPCMessage,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type ServerNotification,
  type ServerRequest,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import {
  PLAIN_TOOLS,
  PROMPTS,
  RESOURCE_TEMPLATE,
  RESOURCES,
  SCHEMA_TOOL,
  STEP_MS,
  templateText,
} from "./conformance-content.ts";

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

interface LegacyTool {
  name: string;
  description: string;
  inputSchema: { type: "object"; [keyword: string]: unknown };
  run(args: Readonly<Record<string, unknown>>, extra: Extra): Promise<CallToolResult>;
}

const NO_ARGUMENTS = { type: "object" as const, properties: {} };
const RETRY_MS = 100;
const INVALID_PARAMS = -32602;
const SESSION_ERROR = -32001;

const step = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, STEP_MS));
const answer = (text: string): CallToolResult => ({ content: [{ type: "text", text }] });

async function elicit(extra: Extra, message: string, requestedSchema: object): Promise<CallToolResult> {
  const request = { method: "elicitation/create", params: { mode: "form", message, requestedSchema } };
  const { action, content } = await extra.sendRequest(request as ServerRequest, ElicitResultSchema);
  return answer(`User response: action=${action}, content=${JSON.stringify(content ?? {})}`);
}

const choices = (names: readonly string[]): { const: string; title: string }[] =>
  names.map((name) => ({ const: name, title: `The ${name} one` }));

const TOOLS: readonly LegacyTool[] = [
  ...PLAIN_TOOLS.map(({ name, description, content, isError }) => ({
    name,
    description,
    inputSchema: NO_ARGUMENTS,
    run: async (): Promise<CallToolResult> => ({ content, ...(isError ? { isError } : {}) }),
  })),
  { ...SCHEMA_TOOL, run: async () => answer("ok") },
  {
    name: "test_tool_with_logging",
    description: "Writes log messages while it runs.",
    inputSchema: NO_ARGUMENTS,
    async run(_args, extra) {
      const messages = ["Tool execution started", "Tool processing data", "Tool execution completed"];
      for (const [index, data] of messages.entries()) {
        if (index > 0) await step();
        await extra.sendNotification({ method: "notifications/message", params: { level: "info", data } });
      }
      return answer("Logged.");
    },
  },
  {
    name: "test_tool_with_progress",
    description: "Reports progress while it runs.",
    inputSchema: NO_ARGUMENTS,
    async run(_args, { _meta, sendNotification }) {
      const progressToken = _meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progress > 0) await step();
        if (progressToken === undefined) continue;
        await sendNotification({
          method: "notifications/progress",
          params: { progressToken, progress, total: 100 },
        });
      }
      return answer("Progressed.");
    },
  },
  {
    name: "test_sampling",
    description: "Asks the client's model.",
    inputSchema: { type: "object", properties: { prompt: { type: "string" } }, required: ["prompt"] },
    async run({ prompt }, extra) {
      const { content } = await extra.sendRequest(
        {
          method: "sampling/createMessage",
          params: {
            messages: [{ role: "user", content: { type: "text", text: String(prompt) } }],
            maxTokens: 100,
          },
        },
        CreateMessageResultSchema,
      );
      return answer(`LLM response: ${content.type === "text" ? content.text : content.type}`);
    },
  },
  {
    name: "test_elicitation",
    description: "Asks the client's user.",
    inputSchema: { type: "object", properties: { message: { type: "string" } }, required: ["message"] },
    run: ({ message }, extra) =>
      elicit(extra, String(message), {
        type: "object",
        properties: {
          username: { type: "string", description: "User's response" },
          email: { type: "string", description: "User's email address" },
        },
        required: ["username", "email"],
      }),
  },
  {
    name: "test_elicitation_sep1034_defaults",
    description: "Asks the client's user with defaults of every type.",
    inputSchema: NO_ARGUMENTS,
    run: (_args, extra) =>
      elicit(extra, "Please check these values.", {
        type: "object",
        properties: {
          name: { type: "string", default: "John Doe" },
          age: { type: "integer", default: 30 },
          score: { type: "number", default: 95.5 },
          status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
          verified: { type: "boolean", default: true },
        },
      }),
  },
  {
    name: "test_elicitation_sep1330_enums",
    description: "Asks the client's user to choose, in every way there is.",
    inputSchema: NO_ARGUMENTS,
    run: (_args, extra) =>
      elicit(extra, "Please choose.", {
        type: "object",
        properties: {
          untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
          titledSingle: { type: "string", oneOf: choices(["value1", "value2", "value3"]) },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: {
            type: "array",
            items: { type: "string", enum: ["option1", "option2", "option3"] },
          },
          titledMulti: { type: "array", items: { anyOf: choices(["value1", "value2", "value3"]) } },
        },
      }),
  },
  {
    name: "test_reconnection",
    description: "Closes its stream; the answer is for the one who comes back.",
    inputSchema: NO_ARGUMENTS,
    async run(_args, extra) {
      extra.closeSSEStream?.();
      await step();
      return answer("Reconnected.");
    },
  },
];

/** Keeps what was sent on every stream, so that clients may come back for it. */
function createEventStore(): EventStore {
  const events: { streamId: string; message: JSONRPCMessage }[] = [];
  return {
    storeEvent: async (streamId, message) => String(events.push({ streamId, message }) - 1),
    getStreamIdForEventId: async (eventId) => events[Number(eventId)]?.streamId,
    async replayEventsAfter(lastEventId, { send }) {
      const streamId = events[Number(lastEventId)]?.streamId ?? "";
      for (const [index, event] of events.entries()) {
        // Priming events carry nothing.
        const isForIt = index > Number(lastEventId) && event.streamId === streamId;
        if (isForIt && Object.keys(event.message).length > 0) await send(String(index), event.message);
      }
      return streamId;
    },
  };
}

function createServer(): Server {
  const server = new Server(
    { name: "conformance-fixture", version: "1.0.0" },
    {
      capabilities: {
        tools: {},
        resources: { subscribe: true },
        prompts: {},
        logging: {},
        completions: {},
      },
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: TOOLS.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = TOOLS.find(({ name }) => name === params.name);
    if (!tool) throw new McpError(INVALID_PARAMS, `There is no tool ${params.name}`);
    return tool.run(params.arguments ?? {}, extra);
  });
  server.setRequestHandler(ListResourcesRequestSchema, async () => ({
    resources: RESOURCES.map(({ body: _body, ...resource }) => resource),
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, async () => ({
    resourceTemplates: [RESOURCE_TEMPLATE],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }) => {
    const resource = RESOURCES.find((known) => known.uri === uri);
    if (resource) return { contents: [{ uri, mimeType: resource.mimeType, ...resource.body }] };
    const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
    if (id === undefined) throw new McpError(INVALID_PARAMS, "Resource not found", { uri });
    return { contents: [{ uri, mimeType: RESOURCE_TEMPLATE.mimeType, text: templateText(id) }] };
  });
  server.setRequestHandler(SubscribeRequestSchema, async () => ({}));
  server.setRequestHandler(UnsubscribeRequestSchema, async () => ({}));
  server.setRequestHandler(ListPromptsRequestSchema, async () => ({
    prompts: PROMPTS.map(({ name, description, arguments: args }) => ({
      name,
      description,
      arguments: args,
    })),
  }));
  server.setRequestHandler(GetPromptRequestSchema, async ({ params }) => {
    const prompt = PROMPTS.find(({ name }) => name === params.name);
    if (!prompt) throw new McpError(INVALID_PARAMS, `There is no prompt ${params.name}`);
    return { messages: prompt.messages(params.arguments ?? {}) };
  });
  server.setRequestHandler(CompleteRequestSchema, async () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
  return server;
}

/** The legacy half of the fixture server: sessions, resumable streams, requests of the server to the client. */
export interface LegacyFixture {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export function createLegacyFixture(): LegacyFixture {
  const transports = new Map<string, WebStandardStreamableHTTPServerTransport>();

  const open = async (): Promise<WebStandardStreamableHTTPServerTransport> => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      eventStore: createEventStore(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    });
    const server = createServer();
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return transport;
  };
  const refuse = (status: number, message: string): Response =>
    Response.json({ jsonrpc: "2.0", id: null, error: { code: SESSION_ERROR, message } }, { status });

  return {
    async fetch(request) {
      const session = request.headers.get("mcp-session-id");
      if (session === null) {
        if (request.method !== "POST") return refuse(400, "Mcp-Session-Id is required");
        return (await open()).handleRequest(request);
      }
      return transports.get(session)?.handleRequest(request) ?? refuse(404, "Session not found");
    },
    close: async () => {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}
