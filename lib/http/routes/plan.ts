import { ChangePlan, Plan } from "#lib/contract/index.ts";
import { changePlan, getPlan } from "#lib/domain/plans/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Billing"];

export const planRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/plan",
    operationId: "getPlan",
    summary: "The plan, its caps and prices, the most that one call can cost, and the plans to change to",
    tags,
    access: "usage:read",
    response: Plan,
    handle: ({ ctx }) => getPlan(ctx, {}),
  }),
  defineRoute({
    method: "PUT",
    path: "/organizations/{org}/plan",
    operationId: "changePlan",
    summary: "Change the plan; its caps and prices count for calls that begin from now on",
    tags,
    access: "billing:write",
    body: ChangePlan,
    response: Plan,
    example: { body: { plan: "self-hosted" } },
    handle: ({ ctx, body }) => changePlan(ctx, body),
  }),
];
