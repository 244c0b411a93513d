import type { z } from "zod";
import type { Scope } from "#lib/contract/index.ts";
import type { Verb } from "./command.ts";
import type { Ctx } from "./context.ts";
import { parseInput, requireScope } from "./guards.ts";

interface QuerySpec<Input extends z.ZodType, Value> {
  name: string;
  scope: Scope;
  input: Input;
  run(ctx: Ctx, input: z.output<Input>): Promise<Value>;
}

/** A read: authorize → parse → run. Throws DomainError `forbidden` or `invalid_input` before it reads. */
export function query<Input extends z.ZodType, Value>(spec: QuerySpec<Input, Value>): Verb<Input, Value> {
  const verb = async (ctx: Ctx, input: z.input<Input>): Promise<Value> => {
    requireScope(ctx, spec.scope);
    return spec.run(ctx, parseInput(spec.input, input));
  };
  return Object.assign(verb, {
    spec: { kind: "query" as const, name: spec.name, scope: spec.scope, input: spec.input },
  });
}
