import { z } from "zod";
import {
  CreateGateway,
  CreateGrant,
  DoctorReport,
  Gateway,
  GatewayListItem,
  GatewayLogPage,
  GatewayLogQuery,
  Grant,
  RunDoctor,
  UpdateGateway,
  UpdateGrant,
} from "#lib/contract/index.ts";
import {
  createGateway,
  createGrant,
  deleteGateway,
  deleteGrant,
  getGateway,
  listGatewayLogs,
  listGateways,
  listGrants,
  runGatewayDoctor,
  updateGateway,
  updateGrant,
} from "#lib/domain/gateways/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Gateways"];

export const gatewayRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/gateways",
    operationId: "listGateways",
    summary: "All gateways by name, with what they decided in the last 24 hours",
    tags,
    access: "gateways:read",
    response: z.array(GatewayListItem),
    handle: ({ ctx }) => listGateways(ctx, {}),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/gateways",
    operationId: "createGateway",
    summary: "Make a gateway; unless told otherwise, whoever gets in may call every tool",
    tags,
    access: "gateways:write",
    body: CreateGateway,
    idempotency: "optional",
    response: Gateway,
    status: 201,
    example: {
      body: {
        name: "Partners",
        access: ["key", "oauth"],
        providerType: "manual",
        authorizationServerUrl: "https://login.example.com",
        scopes: ["mcp:tools"],
      },
    },
    handle: ({ ctx, body }) => createGateway(ctx, body),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/gateways/{gateway}",
    operationId: "getGateway",
    summary: "One gateway by id or name, with the servers behind it",
    tags,
    access: "gateways:read",
    response: Gateway,
    handle: ({ ctx, params }) => getGateway(ctx, params),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}/gateways/{gateway}",
    operationId: "updateGateway",
    summary: "Change a gateway's name, ways in, authorization server or limits; in effect within two seconds",
    tags,
    access: "gateways:write",
    body: UpdateGateway,
    response: Gateway,
    example: { body: { access: ["key"], callsPerMinuteMax: 600 } },
    handle: ({ ctx, params, body }) => updateGateway(ctx, { ...body, gateway: params.gateway }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/gateways/{gateway}",
    operationId: "deleteGateway",
    summary: "Delete a gateway and revoke its keys; refused while servers are behind it",
    tags,
    access: "gateways:write",
    response: null,
    handle: async ({ ctx, params }) => {
      await deleteGateway(ctx, { gateway: params.gateway });
      return undefined;
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/gateways/{gateway}/grants",
    operationId: "listGrants",
    summary: "Who may call which tools through a gateway, oldest first; what no grant allows is denied",
    tags,
    access: "gateways:read",
    response: z.array(Grant),
    handle: ({ ctx, params }) => listGrants(ctx, params),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/gateways/{gateway}/grants",
    operationId: "createGrant",
    summary: "Let somebody call tools; * in a tool pattern stands for any characters",
    tags,
    access: "gateways:write",
    body: CreateGrant,
    idempotency: "optional",
    response: Grant,
    status: 201,
    example: { body: { subject: { kind: "everyone" }, tools: ["get_*", "search_*"], callsPerMinuteMax: 60 } },
    handle: ({ ctx, params, body }) => createGrant(ctx, { ...body, gateway: params.gateway }),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}/gateways/{gateway}/grants/{grant}",
    operationId: "updateGrant",
    summary: "Change a grant's tools or limits; in effect within two seconds",
    tags,
    access: "gateways:write",
    body: UpdateGrant,
    response: Grant,
    example: { body: { tools: ["get_*"] } },
    handle: ({ ctx, params, body }) => updateGrant(ctx, { ...body, ...pick(params) }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/gateways/{gateway}/grants/{grant}",
    operationId: "deleteGrant",
    summary: "Delete a grant; in effect within two seconds",
    tags,
    access: "gateways:write",
    response: null,
    handle: async ({ ctx, params }) => {
      await deleteGrant(ctx, pick(params));
      return undefined;
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/gateways/{gateway}/logs",
    operationId: "listGatewayLogs",
    summary: "What passed a gateway and what was decided about it, newest first, by page or by cursor",
    tags,
    access: "logs:read",
    query: GatewayLogQuery,
    response: GatewayLogPage,
    handle: ({ ctx, params, query }) =>
      listGatewayLogs(ctx, { ...wireQuery(query), gateway: params.gateway }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/gateways/{gateway}/doctor",
    operationId: "runGatewayDoctor",
    summary: "Walk each public URL as a client would, and say what stands in its way and how to fix it",
    tags,
    access: "checks:run",
    body: RunDoctor,
    bodyOptional: true,
    response: DoctorReport,
    handle: ({ ctx, params, body }) => runGatewayDoctor(ctx, { ...body, gateway: params.gateway }),
  }),
];

const pick = ({ gateway, grant }: { gateway: string; grant: string }) => ({ gateway, grant });

/** A verb parses its input itself: lists go back to the form in which they came. */
const wireQuery = (query: GatewayLogQuery): z.input<typeof GatewayLogQuery> => ({
  ...query,
  level: query.level?.join(","),
  outcome: query.outcome?.join(","),
  source: query.source?.join(","),
});
