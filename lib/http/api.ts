import { createDispatcher } from "./dispatch.ts";
import { routes } from "./routes/index.ts";
import { getSystem, type WebSystem } from "./system.ts";

let current: { system: WebSystem; dispatch: (request: Request) => Promise<Response> } | null = null;

/** Answers a request below `/api/v1` in this process. */
export function dispatch(request: Request): Promise<Response> {
  const system = getSystem();
  if (current?.system !== system) current = { system, dispatch: createDispatcher({ system, routes }) };
  return current.dispatch(request);
}
