import type { Agent, Article, Comment, Customer, Ticket } from "../src/contract.ts";

/** A made-up support desk: small, plausible, the same at every start. `nowMs` is what the ages count from. */
export interface Desk {
  tickets: Map<string, Ticket>;
  comments: Map<string, Comment[]>;
  agents: Omit<Agent, "openTickets">[];
  customers: Omit<Customer, "openTickets">[];
  articles: Article[];
}

const HOUR_MS = 3_600_000;

const SUBJECTS: readonly (readonly [string, string, Ticket["priority"], Ticket["status"], string[]])[] = [
  [
    "Cannot sign in after password reset",
    "The reset link says it has expired, three times in a row.",
    "high",
    "open",
    ["login"],
  ],
  [
    "Invoice shows the wrong VAT number",
    "Our VAT number changed in March, the invoice still has the old one.",
    "normal",
    "pending",
    ["billing"],
  ],
  [
    "Export stops at 10,000 rows",
    "We need all 48,000 rows of the audit export.",
    "normal",
    "open",
    ["export"],
  ],
  [
    "Charged twice for October",
    "Two charges with the same amount on the 3rd.",
    "urgent",
    "open",
    ["billing", "refund"],
  ],
  [
    "How do I add a second workspace?",
    "We bought another company and want to keep both apart.",
    "low",
    "closed",
    ["howto"],
  ],
  [
    "Webhook deliveries are delayed",
    "Events arrive up to twenty minutes late since Tuesday.",
    "high",
    "open",
    ["webhooks"],
  ],
  ["Please delete my account", "And confirm in writing, please.", "normal", "pending", ["privacy"]],
  ["Dark mode is unreadable in the calendar", "White text on pale yellow.", "low", "open", ["ui"]],
  ["SSO certificate expires next week", "Where do we upload the new one?", "high", "pending", ["sso"]],
  ["API returns 500 on empty filters", "GET /items?filter= gives an error page.", "urgent", "open", ["api"]],
  [
    "Wrong currency on the quote",
    "We pay in euros, the quote is in dollars.",
    "normal",
    "closed",
    ["billing"],
  ],
  ["Mobile app crashes on start", "Since 4.2.0, on two phones.", "high", "open", ["mobile"]],
];

const AGENTS: Desk["agents"] = [
  { id: "A-1", name: "Ines Okafor", team: "billing" },
  { id: "A-2", name: "Tomasz Lind", team: "technical" },
  { id: "A-3", name: "Mei Castellanos", team: "technical" },
  { id: "A-4", name: "Ruben Haddad", team: "onboarding" },
];

const CUSTOMERS: Desk["customers"] = [
  { id: "C-201", name: "Northwind Bakery", email: "it@northwind.example", plan: "team", since: "2023-02-11" },
  { id: "C-202", name: "Lumen Studios", email: "ops@lumen.example", plan: "enterprise", since: "2021-09-30" },
  { id: "C-203", name: "Paola Reyes", email: "paola@reyes.example", plan: "free", since: "2025-01-04" },
  {
    id: "C-204",
    name: "Harbour Freight Lines",
    email: "desk@harbour.example",
    plan: "enterprise",
    since: "2020-05-19",
  },
  { id: "C-205", name: "Fjord Analytics", email: "hello@fjord.example", plan: "team", since: "2024-07-22" },
];

const ARTICLES: Article[] = [
  {
    id: "KB-1",
    title: "Reset your password",
    summary: "Links live for 30 minutes and work once.",
    body: "Ask for a new link, open it in the same browser, and check the clock of your device.",
  },
  {
    id: "KB-2",
    title: "Read your invoice",
    summary: "What each line means and how to change your VAT number.",
    body: "Settings, Billing, Company details. Past invoices can be reissued for 90 days.",
  },
  {
    id: "KB-3",
    title: "Refunds",
    summary: "Who gets one and how long it takes.",
    body: "Double charges are always refunded, in three to five bank days.",
  },
  {
    id: "KB-4",
    title: "Large exports",
    summary: "More than 10,000 rows.",
    body: "Use the asynchronous export: you get a link by mail.",
  },
  {
    id: "KB-5",
    title: "Webhooks",
    summary: "Delivery, retries and signatures.",
    body: "Deliveries are retried for a day with growing pauses. Check the delivery log first.",
  },
  {
    id: "KB-6",
    title: "Single sign-on",
    summary: "SAML certificates and how to roll them.",
    body: "Upload the new certificate before the old one expires: both are accepted.",
  },
];

export function createDesk(nowMs: number): Desk {
  const tickets = new Map<string, Ticket>();
  const comments = new Map<string, Comment[]>();
  SUBJECTS.forEach(([subject, description, priority, status, tags], index) => {
    const id = `T-${1001 + index}`;
    const createdAt = new Date(nowMs - (SUBJECTS.length - index) * 7 * HOUR_MS).toISOString();
    tickets.set(id, {
      id,
      subject,
      description,
      status,
      priority,
      tags,
      customerId: CUSTOMERS[index % CUSTOMERS.length]?.id ?? "",
      assigneeId: index % 3 === 0 ? null : (AGENTS[index % AGENTS.length]?.id ?? null),
      orderTotalCents: tags.includes("billing") ? 4_900 + index * 1_000 : 0,
      refundedCents: 0,
      createdAt,
      updatedAt: createdAt,
    });
    comments.set(id, [
      {
        id: `M-${index + 1}`,
        ticketId: id,
        author: "customer",
        text: description,
        isInternal: false,
        createdAt,
      },
    ]);
  });
  return { tickets, comments, agents: AGENTS, customers: CUSTOMERS, articles: ARTICLES };
}
