import { z } from "zod";

/** What the ticket desk's API speaks. The server checks every answer, because an API of another team changes. */
export const TicketStatus = z.enum(["open", "pending", "closed"]);
export const TicketPriority = z.enum(["low", "normal", "high", "urgent"]);

export const Ticket = z.object({
  id: z.string(),
  subject: z.string(),
  description: z.string(),
  status: TicketStatus,
  priority: TicketPriority,
  customerId: z.string(),
  assigneeId: z.string().nullable(),
  orderTotalCents: z.number().int(),
  refundedCents: z.number().int(),
  tags: z.array(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Ticket = z.infer<typeof Ticket>;

export const Comment = z.object({
  id: z.string(),
  ticketId: z.string(),
  author: z.string(),
  text: z.string(),
  isInternal: z.boolean(),
  createdAt: z.string(),
});
export type Comment = z.infer<typeof Comment>;

export const Agent = z.object({
  id: z.string(),
  name: z.string(),
  team: z.string(),
  openTickets: z.number().int(),
});
export type Agent = z.infer<typeof Agent>;

export const Customer = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  plan: z.enum(["free", "team", "enterprise"]),
  since: z.string(),
  openTickets: z.number().int(),
});
export type Customer = z.infer<typeof Customer>;

export const Article = z.object({ id: z.string(), title: z.string(), summary: z.string(), body: z.string() });
export type Article = z.infer<typeof Article>;

export const Refund = z.object({
  ticketId: z.string(),
  amountCents: z.number().int(),
  refundedCents: z.number().int(),
  reference: z.string(),
});
export const TicketStats = z.object({
  open: z.number().int(),
  pending: z.number().int(),
  closed: z.number().int(),
  urgent: z.number().int(),
  unassigned: z.number().int(),
  medianAgeHours: z.number(),
});
