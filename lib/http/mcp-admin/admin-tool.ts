import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { issueText } from "#lib/contract/issue-text.ts";
import { type Ctx, parseInput } from "#lib/domain/access/index.ts";

/** How a tool's work is done for the caller of one request: in an organization, within bounds, errors as results. */
export type ToolRun = (
  organization: string | undefined,
  narrow: string,
  work: (ctx: Ctx) => Promise<object>,
) => Promise<CallToolResult>;

/** One tool of the endpoint. */
export interface AdminTool {
  readonly name: string;
  register(server: McpServer, run: ToolRun): void;
}

interface AdminToolSpec<Input extends z.ZodRawShape> {
  name: string;
  title: string;
  description: string;
  /** From the contract; `organization` comes with every tool. */
  input: Input;
  /** How to ask for less when the answer is too large. */
  narrow: string;
  /** Calls what is not ours, such as the server in question. */
  isOpenWorld?: boolean;
  /** The answer's schema: what it does not name never leaves. */
  output: z.ZodType<object>;
  run(ctx: Ctx, input: z.output<z.ZodObject<Input>>): Promise<unknown>;
}

const Organization = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe("Id or slug of the organization; the token's own when it is left out");

/** Declares a tool. It changes nothing, so that a client may let a model call it without asking. */
export function adminTool<Input extends z.ZodRawShape>(spec: AdminToolSpec<Input>): AdminTool {
  const own = z.object(spec.input);
  // Misspelled arguments are refused, so that no filter is silently missing.
  const inputSchema = z.strictObject({ ...spec.input, organization: Organization });
  return {
    name: spec.name,
    register: (server, run) => {
      server.registerTool(
        spec.name,
        {
          title: spec.title,
          description: spec.description,
          inputSchema: inPlainWords(inputSchema),
          annotations: {
            readOnlyHint: true,
            destructiveHint: false,
            idempotentHint: true,
            openWorldHint: spec.isOpenWorld ?? false,
          },
        },
        (input) => {
          const { organization, ...asked } = input as { organization?: string };
          return run(organization, spec.narrow, async (ctx) =>
            spec.output.parse(await spec.run(ctx, parseInput(own, asked))),
          );
        },
      );
    },
  };
}

/** The same schema for the SDK, which checks arguments itself, refusing them in our words. */
function inPlainWords<Schema extends z.ZodType>(schema: Schema): Pick<Schema, "~standard"> {
  const validate = (value: unknown) => {
    const parsed = schema.safeParse(value, { error: issueText });
    return parsed.success ? { value: parsed.data } : { issues: parsed.error.issues };
  };
  return { "~standard": { ...schema["~standard"], validate } };
}
