import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { Comment, Refund, Ticket, TicketPriority, TicketStats, TicketStatus } from "./contract.ts";
import type { TicketApi } from "./ticket-api.ts";
import { asTool } from "./tool-result.ts";

const TicketId = z.string().min(1).max(40).describe("Ticket id, e.g. T-1004");
const reads = { readOnlyHint: true, openWorldHint: false };
const writes = { readOnlyHint: false, destructiveHint: false, openWorldHint: false };
const path = (ticketId: string, rest = ""): string => `/tickets/${encodeURIComponent(ticketId)}${rest}`;

/** Finding and reading tickets. */
export function registerTicketReads(server: McpServer, api: TicketApi): void {
  server.registerTool(
    "search_tickets",
    {
      title: "Search tickets",
      description: "Finds tickets by words, status, priority or customer, newest change first.",
      inputSchema: z.object({
        query: z.string().max(200).optional().describe("Words in subject, description or tags"),
        status: TicketStatus.optional(),
        priority: TicketPriority.optional(),
        customerId: z.string().max(40).optional(),
        limit: z.number().int().min(1).max(50).default(10),
      }),
      annotations: reads,
    },
    (input) =>
      asTool("search_tickets", input, async () => ({
        tickets: await api.get("/tickets", z.array(Ticket), input),
      })),
  );
  server.registerTool(
    "get_ticket",
    {
      title: "Get a ticket",
      description: "One ticket with everything the desk knows about it.",
      inputSchema: z.object({ ticketId: TicketId }),
      annotations: reads,
    },
    (input) =>
      asTool("get_ticket", input, async () => ({ ticket: await api.get(path(input.ticketId), Ticket) })),
  );
  server.registerTool(
    "list_comments",
    {
      title: "List comments",
      description: "The conversation on a ticket, oldest first.",
      inputSchema: z.object({ ticketId: TicketId }),
      annotations: reads,
    },
    (input) =>
      asTool("list_comments", input, async () => ({
        comments: await api.get(path(input.ticketId, "/comments"), z.array(Comment)),
      })),
  );
  server.registerTool(
    "ticket_stats",
    {
      title: "Ticket statistics",
      description:
        "How many tickets are open, pending, closed, urgent and unassigned, and how old the open ones are.",
      inputSchema: z.object({}),
      annotations: reads,
    },
    (input) =>
      asTool("ticket_stats", input, async () => ({ ...(await api.get("/tickets/stats", TicketStats)) })),
  );
}

/** Creating and changing tickets. */
export function registerTicketWrites(server: McpServer, api: TicketApi): void {
  server.registerTool(
    "create_ticket",
    {
      title: "Create a ticket",
      description: "Opens a ticket for a customer.",
      inputSchema: z.object({
        customerId: z.string().min(1).max(40),
        subject: z.string().min(3).max(200),
        description: z.string().max(5_000).default(""),
        priority: TicketPriority.default("normal"),
        tags: z.array(z.string().max(40)).max(10).default([]),
      }),
      annotations: writes,
    },
    (input) =>
      asTool("create_ticket", input, async () => ({
        ticket: await api.send("POST", "/tickets", Ticket, input),
      })),
  );
  server.registerTool(
    "update_ticket",
    {
      title: "Update a ticket",
      description: "Changes subject, priority or tags; what is left out stays.",
      inputSchema: z.object({
        ticketId: TicketId,
        subject: z.string().min(3).max(200).optional(),
        priority: TicketPriority.optional(),
        tags: z.array(z.string().max(40)).max(10).optional(),
      }),
      annotations: { ...writes, idempotentHint: true },
    },
    ({ ticketId, ...changes }) =>
      asTool("update_ticket", { ticketId, ...changes }, async () => ({
        ticket: await api.send("PATCH", path(ticketId), Ticket, changes),
      })),
  );
  server.registerTool(
    "add_comment",
    {
      title: "Add a comment",
      description: "Writes on a ticket, to the customer or as an internal note.",
      inputSchema: z.object({
        ticketId: TicketId,
        text: z.string().min(1).max(5_000),
        isInternal: z.boolean().default(false),
      }),
      annotations: writes,
    },
    ({ ticketId, ...comment }) =>
      asTool("add_comment", { ticketId, isInternal: comment.isInternal }, async () => ({
        comment: await api.send("POST", path(ticketId, "/comments"), Comment, comment),
      })),
  );
  server.registerTool(
    "assign_ticket",
    {
      title: "Assign a ticket",
      description: "Gives a ticket to an agent; list_agents says who is there.",
      inputSchema: z.object({ ticketId: TicketId, agentId: z.string().min(1).max(40) }),
      annotations: { ...writes, idempotentHint: true },
    },
    ({ ticketId, agentId }) =>
      asTool("assign_ticket", { ticketId, agentId }, async () => ({
        ticket: await api.send("POST", path(ticketId, "/assign"), Ticket, { agentId }),
      })),
  );
}

/** Ending, reopening and paying back. */
export function registerTicketDecisions(server: McpServer, api: TicketApi): void {
  server.registerTool(
    "close_ticket",
    {
      title: "Close a ticket",
      description: "Closes a ticket with a resolution that the customer sees.",
      inputSchema: z.object({ ticketId: TicketId, resolution: z.string().min(1).max(1_000) }),
      annotations: { ...writes, idempotentHint: true },
    },
    ({ ticketId, resolution }) =>
      asTool("close_ticket", { ticketId }, async () => ({
        ticket: await api.send("POST", path(ticketId, "/close"), Ticket, { resolution }),
      })),
  );
  server.registerTool(
    "reopen_ticket",
    {
      title: "Reopen a ticket",
      description: "Opens a closed ticket again.",
      inputSchema: z.object({ ticketId: TicketId, reason: z.string().min(1).max(1_000) }),
      annotations: { ...writes, idempotentHint: true },
    },
    ({ ticketId, reason }) =>
      asTool("reopen_ticket", { ticketId }, async () => ({
        ticket: await api.send("POST", path(ticketId, "/reopen"), Ticket, { reason }),
      })),
  );
  server.registerTool(
    "refund_ticket",
    {
      title: "Refund an order",
      description: "Pays back part or all of the order that a ticket is about. Cannot be undone.",
      inputSchema: z.object({
        ticketId: TicketId,
        amountCents: z.number().int().min(1).max(1_000_000),
        reason: z.string().min(1).max(500),
      }),
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
    },
    ({ ticketId, ...refund }) =>
      asTool("refund_ticket", { ticketId, amountCents: refund.amountCents }, async () => ({
        refund: await api.send("POST", path(ticketId, "/refund"), Refund, refund),
      })),
  );
}
