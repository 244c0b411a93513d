import { randomBytes } from "node:crypto";
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";

export const answer = (text: string) => ({ content: [{ type: "text" as const, text }] });
const NAME = z.object({ name: z.string() });
const COLOR = z.object({ color: z.string() });
const CONFIRMED = z.object({ ok: z.boolean() });

export const ask = (message: string, requestedSchema: z.ZodObject) =>
  inputRequired.elicit({ message, requestedSchema });
const askModel = (text: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text } }], maxTokens });

/** State of calls that take several rounds, signed; what came back changed is refused. */
export const states = createRequestStateCodec<{ tool: string; name?: string }>({ key: randomBytes(32) });

interface RoundTool {
  name: string;
  description: string;
  run(context: ServerContext): Promise<ReturnType<typeof answer> | InputRequiredResult>;
}

const responseOf = (context: ServerContext, key: string): unknown => context.mcpReq.inputResponses?.[key];

/** Tools that ask the client for something before they answer. */
export const ROUND_TOOLS: readonly RoundTool[] = [
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
