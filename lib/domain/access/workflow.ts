import type { z } from "zod";
import type { Scope } from "#lib/contract/index.ts";
import type { Verb } from "./command.ts";
import type { Ctx } from "./context.ts";
import { parseInput, requireScope } from "./guards.ts";

interface WorkflowSpec<Input extends z.ZodType, Value> {
  name: string;
  scope: Scope;
  input: Input;
  run(ctx: Ctx, input: z.output<Input>): Promise<Value>;
}

/**
 * A write that needs work outside a transaction, such as a trial start: authorize → parse → run. `run` writes only by
 * calling commands, so that each of its writes is still one transaction with its audit record. An idempotency
 * key of the context reaches each of them: a route may take one where each is called once, with what the input decides.
 */
export function workflow<Input extends z.ZodType, Value>(
  spec: WorkflowSpec<Input, Value>,
): Verb<Input, Value> {
  const verb = async (ctx: Ctx, input: z.input<Input>): Promise<Value> => {
    requireScope(ctx, spec.scope);
    return spec.run(ctx, parseInput(spec.input, input));
  };
  return Object.assign(verb, {
    spec: { kind: "command" as const, name: spec.name, scope: spec.scope, input: spec.input },
  });
}
