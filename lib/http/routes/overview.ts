import { Overview } from "#lib/contract/index.ts";
import { getOverview } from "#lib/domain/servers/index.ts";
import { defineRoute } from "../define-route.ts";

export const overviewRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/overview",
    operationId: "getOverview",
    summary: "The fleet at a glance: servers, the last 24 hours, recent operations, what fails",
    tags: ["Organizations"],
    access: "servers:read",
    response: Overview,
    handle: ({ ctx }) => getOverview(ctx, {}),
  }),
];
