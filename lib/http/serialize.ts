import { isDeepStrictEqual } from "node:util";
import { DomainError } from "#lib/kernel/errors.ts";
import { isStreamed, type Route } from "./define-route.ts";

/**
 * The JSON value of a handler's result as the route's response schema sees it: what the schema does not name stays
 * inside. Null for a route without a body. A result that does not fit is our fault, so it throws `internal`.
 */
export function serialize(route: Route, result: unknown, isStrict: boolean): unknown {
  if (route.response === null || isStreamed(route.response)) return null;
  const parsed = route.response.safeParse(result);
  if (!parsed.success) {
    throw new DomainError(
      "internal",
      "The answer could not be written. The request id finds the cause in the logs.",
      {
        cause: new Error(`${route.operationId} answered out of shape: ${shapeOf(parsed.error.issues)}`),
      },
    );
  }
  if (isStrict && !isDeepStrictEqual(toJson(parsed.data), toJson(result))) {
    throw new DomainError("internal", "The answer holds more than its schema names.", {
      cause: new Error(`${route.operationId} answered with fields that its schema does not name`),
    });
  }
  return parsed.data;
}

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Where and what, never the value: it may be secret. */
const shapeOf = (issues: readonly { path: readonly PropertyKey[]; code?: string }[]): string =>
  issues.map((issue) => `${issue.path.join(".")} (${issue.code ?? "invalid"})`).join(", ");
