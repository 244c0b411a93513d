import { LogStreamStatus } from "#lib/contract/index.ts";
import { getLogStreamStatus } from "#lib/domain/requests/index.ts";
import { defineRoute } from "../define-route.ts";

export const logStreamRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/log-stream/status",
    operationId: "getLogStreamStatus",
    summary: "Whether a viewer may connect to the log stream now, and who watches",
    tags: ["Logs"],
    access: "logs:read",
    response: LogStreamStatus,
    handle: ({ ctx, params }) => getLogStreamStatus(ctx, { server: params.server }),
  }),
];
