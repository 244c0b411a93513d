import { z } from "zod";
import type { Ticket } from "../src/contract.ts";
import { TicketPriority, TicketStatus } from "../src/contract.ts";
import type { Desk } from "./desk-data.ts";

/** An answer of the desk's API. */
export interface DeskAnswer {
  status: number;
  body: unknown;
}

export interface DeskCall {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

const TICKETS_MAX = 500;
const COMMENTS_PER_TICKET_MAX = 100;
const HOUR_MS = 3_600_000;
/** Tickets, comments and refunds made by callers are numbered after it. */
const FIRST_NUMBER = 2_000;

const ok = (body: unknown, status = 200): DeskAnswer => ({ status, body });
const refuse = (status: number, error: string): DeskAnswer => ({ status, body: { error } });

const NewTicket = z.object({
  customerId: z.string(),
  subject: z.string().min(1),
  description: z.string().default(""),
  priority: TicketPriority.default("normal"),
  tags: z.array(z.string()).default([]),
});
const Changes = z.object({
  subject: z.string().optional(),
  priority: TicketPriority.optional(),
  tags: z.array(z.string()).optional(),
});
const NewComment = z.object({ text: z.string().min(1), isInternal: z.boolean().default(false) });

/** The desk's API without its transport: one function from a call to an answer, over data in memory. */
export function createDeskRoutes(desk: Desk, nowMs: () => number): (call: DeskCall) => DeskAnswer {
  let numbered = FIRST_NUMBER;
  const now = (): string => new Date(nowMs()).toISOString();
  const openOf = (matches: (ticket: Ticket) => boolean): number =>
    [...desk.tickets.values()].filter((ticket) => ticket.status !== "closed" && matches(ticket)).length;

  const change = (ticket: Ticket, changes: Partial<Ticket>): DeskAnswer => {
    const changed = { ...ticket, ...changes, updatedAt: now() };
    desk.tickets.set(ticket.id, changed);
    return ok(changed);
  };

  const say = (ticketId: string, author: string, text: string, isInternal: boolean): DeskAnswer => {
    const list = desk.comments.get(ticketId) ?? [];
    const comment = { id: `M-${++numbered}`, ticketId, author, text, isInternal, createdAt: now() };
    desk.comments.set(ticketId, [...list, comment].slice(-COMMENTS_PER_TICKET_MAX));
    return ok(comment, 201);
  };

  function search(query: URLSearchParams): DeskAnswer {
    const words = (query.get("query") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const status = TicketStatus.safeParse(query.get("status")).data;
    const priority = TicketPriority.safeParse(query.get("priority")).data;
    const customerId = query.get("customerId");
    const limit = Math.min(50, Math.max(1, Number(query.get("limit") ?? 10) || 10));
    const found = [...desk.tickets.values()].filter((ticket) => {
      const text = `${ticket.subject} ${ticket.description} ${ticket.tags.join(" ")}`.toLowerCase();
      return (
        words.every((word) => text.includes(word)) &&
        (!status || ticket.status === status) &&
        (!priority || ticket.priority === priority) &&
        (!customerId || ticket.customerId === customerId)
      );
    });
    return ok(found.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)).slice(0, limit));
  }

  function create(body: unknown): DeskAnswer {
    const { data } = NewTicket.safeParse(body);
    if (!data) return refuse(422, "A ticket needs a customer and a subject.");
    if (!desk.customers.some(({ id }) => id === data.customerId)) {
      return refuse(404, `There is no customer ${data.customerId}.`);
    }
    const id = `T-${++numbered}`;
    const at = now();
    const ticket: Ticket = {
      ...data,
      id,
      status: "open",
      assigneeId: null,
      orderTotalCents: 0,
      refundedCents: 0,
      createdAt: at,
      updatedAt: at,
    };
    desk.tickets.set(id, ticket);
    // What the desk came with stays: examples name those tickets.
    const oldest = desk.tickets.keys().find((ticketId) => Number(ticketId.slice(2)) > FIRST_NUMBER);
    if (desk.tickets.size > TICKETS_MAX && oldest !== undefined) {
      desk.tickets.delete(oldest);
      desk.comments.delete(oldest);
    }
    return ok(ticket, 201);
  }

  function refund(ticket: Ticket, body: unknown): DeskAnswer {
    const { data } = z.object({ amountCents: z.number().int().positive() }).safeParse(body);
    if (!data) return refuse(422, "A refund needs a positive amount in cents.");
    const left = ticket.orderTotalCents - ticket.refundedCents;
    if (data.amountCents > left) {
      return refuse(422, `Only ${left} cents of this order can still be refunded.`);
    }
    const refundedCents = ticket.refundedCents + data.amountCents;
    change(ticket, { refundedCents });
    return ok({
      ticketId: ticket.id,
      amountCents: data.amountCents,
      refundedCents,
      reference: `R-${++numbered}`,
    });
  }

  function stats(): DeskAnswer {
    const all = [...desk.tickets.values()];
    const count = (matches: (ticket: Ticket) => boolean): number => all.filter(matches).length;
    const ages = all
      .filter(({ status }) => status !== "closed")
      .map(({ createdAt }) => (nowMs() - Date.parse(createdAt)) / HOUR_MS)
      .sort((a, b) => a - b);
    return ok({
      open: count(({ status }) => status === "open"),
      pending: count(({ status }) => status === "pending"),
      closed: count(({ status }) => status === "closed"),
      urgent: count(({ priority, status }) => priority === "urgent" && status !== "closed"),
      unassigned: count(({ assigneeId, status }) => assigneeId === null && status !== "closed"),
      medianAgeHours: Math.round((ages[Math.floor(ages.length / 2)] ?? 0) * 10) / 10,
    });
  }

  function onTicket(ticket: Ticket, action: string, { method, body }: DeskCall): DeskAnswer {
    const texts = z.record(z.string(), z.unknown()).safeParse(body).data ?? {};
    const text = (name: string): string => String(texts[name] ?? "");
    switch (`${method} ${action}`) {
      case "GET ":
        return ok(ticket);
      case "PATCH ": {
        const { data } = Changes.safeParse(body);
        return data ? change(ticket, data) : refuse(422, "Only subject, priority and tags can be changed.");
      }
      case "GET comments":
        return ok(desk.comments.get(ticket.id) ?? []);
      case "POST comments": {
        const { data } = NewComment.safeParse(body);
        return data
          ? say(ticket.id, "agent", data.text, data.isInternal)
          : refuse(422, "A comment needs a text.");
      }
      case "POST assign": {
        const agentId = text("agentId");
        const isKnown = desk.agents.some(({ id }) => id === agentId);
        return isKnown
          ? change(ticket, { assigneeId: agentId })
          : refuse(404, `There is no agent ${agentId}.`);
      }
      case "POST close":
        if (ticket.status === "closed") return refuse(409, `${ticket.id} is already closed.`);
        say(ticket.id, "agent", text("resolution"), false);
        return change(ticket, { status: "closed" });
      case "POST reopen":
        if (ticket.status !== "closed") return refuse(409, `${ticket.id} is not closed.`);
        say(ticket.id, "agent", text("reason"), true);
        return change(ticket, { status: "open" });
      case "POST refund":
        return refund(ticket, body);
      default:
        return refuse(404, "There is nothing here.");
    }
  }

  return (call) => {
    const [collection = "", id = "", action = ""] = call.path.split("/").slice(1).map(decodeURIComponent);
    if (collection === "tickets" && id === "") {
      if (call.method === "GET") return search(call.query);
      return call.method === "POST" ? create(call.body) : refuse(405, "Use GET or POST.");
    }
    if (collection === "tickets" && id === "stats") return stats();
    if (collection === "tickets") {
      const ticket = desk.tickets.get(id);
      return ticket ? onTicket(ticket, action, call) : refuse(404, `There is no ticket ${id}.`);
    }
    if (collection === "agents") {
      const team = call.query.get("team");
      return ok(
        desk.agents
          .filter((agent) => !team || agent.team === team)
          .map((agent) => ({ ...agent, openTickets: openOf(({ assigneeId }) => assigneeId === agent.id) })),
      );
    }
    if (collection === "customers") {
      const customer = desk.customers.find((candidate) => candidate.id === id);
      if (!customer) return refuse(404, `There is no customer ${id}.`);
      return ok({ ...customer, openTickets: openOf(({ customerId }) => customerId === id) });
    }
    if (collection === "articles") {
      const words = (call.query.get("query") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
      const limit = Math.min(10, Math.max(1, Number(call.query.get("limit") ?? 3) || 3));
      const scored = desk.articles.map((article) => {
        const text = `${article.title} ${article.summary} ${article.body}`.toLowerCase();
        return { article, score: words.filter((word) => text.includes(word)).length };
      });
      const found = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
      return ok(found.slice(0, limit).map(({ article }) => article));
    }
    return refuse(404, "There is nothing here.");
  };
}
