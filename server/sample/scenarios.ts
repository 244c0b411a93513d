import type { Scenario } from "./traffic.ts";

type Random = () => number;
type Make = (random: Random) => Record<string, unknown>;

const pick = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item => {
  const index = Math.min(Math.floor(random() * items.length), items.length - 1);
  return index > 0 ? (items[index] as Item) : items[0];
};
const ticketId = (random: Random) => `T-${1001 + Math.floor(random() * 12)}`;
const customerId = (random: Random) => `C-${201 + Math.floor(random() * 5)}`;
const agentId = (random: Random) => `A-${1 + Math.floor(random() * 4)}`;

/** How often a desk does what, and with what. Some calls fail on purpose: a ticket that is not there, a refund too large. */
const DAY_AT_THE_DESK: readonly [weight: number, tool: string, make: Make][] = [
  [6, "search_tickets", (r) => ({ query: pick(r, ["billing", "export", "login", "sso", "webhooks"]) })],
  [3, "search_tickets", (r) => ({ status: pick(r, ["open", "pending"]), limit: 5 })],
  [2, "search_tickets", (r) => ({ customerId: customerId(r) })],
  [8, "get_ticket", (r) => ({ ticketId: ticketId(r) })],
  [1, "get_ticket", () => ({ ticketId: "T-9999" })],
  [4, "list_comments", (r) => ({ ticketId: ticketId(r) })],
  [2, "ticket_stats", () => ({})],
  [2, "list_agents", (r) => ({ team: pick(r, ["billing", "technical", "onboarding"]) })],
  [3, "get_customer", (r) => ({ customerId: customerId(r) })],
  [
    3,
    "search_knowledge_base",
    (r) => ({ query: pick(r, ["refund", "password", "webhooks", "time travel"]) }),
  ],
  [
    3,
    "add_comment",
    (r) => ({ ticketId: ticketId(r), text: "We are looking into it.", isInternal: r() < 0.5 }),
  ],
  [
    2,
    "update_ticket",
    (r) => ({ ticketId: ticketId(r), priority: pick(r, ["low", "normal", "high", "urgent"]) }),
  ],
  [2, "assign_ticket", (r) => ({ ticketId: ticketId(r), agentId: agentId(r) })],
  [
    1,
    "create_ticket",
    (r) => ({ customerId: customerId(r), subject: "Please call me back", priority: "low" }),
  ],
  [1, "close_ticket", (r) => ({ ticketId: ticketId(r), resolution: "Solved on the phone." })],
  [1, "reopen_ticket", (r) => ({ ticketId: ticketId(r), reason: "It happened again." })],
  [
    1,
    "refund_ticket",
    (r) => ({ ticketId: ticketId(r), amountCents: pick(r, [500, 99_900]), reason: "Charged twice." }),
  ],
];

/** What the sample's gateway lets anybody call. */
export const READ_ONLY_TOOLS = ["get_*", "list_*", "search_*"] as const;
const READS = DAY_AT_THE_DESK.filter(([, tool]) => /^(get|list|search)_/.test(tool));
/** One call in so many asks for more than a partner may. */
const PARTNER_DENIED_SHARE = 0.12;
/** What an agent of the sample may call beside what everybody may. */
export const AGENT_TOOLS = ["add_comment", "assign_ticket", "update_ticket"] as const;
const AGENT_WORK = DAY_AT_THE_DESK.filter(
  ([, tool]) => /^(get|list|search)_/.test(tool) || AGENT_TOOLS.some((own) => own === tool),
);

/** What somebody at the desk asks for next. */
export const nextScenario = (random: Random = Math.random): Scenario =>
  pickWeighted(DAY_AT_THE_DESK, random) ?? { tool: "ticket_stats", arguments: {} };

/** What a partner asks for next, who may only read, and now and then tries more. */
export function nextPartnerScenario(random: Random = Math.random): Scenario {
  if (random() < PARTNER_DENIED_SHARE) {
    const args = { ticketId: ticketId(random), amountCents: 500, reason: "Our customer asked." };
    return { tool: "refund_ticket", arguments: args, isDenied: true };
  }
  return pickWeighted(READS, random) ?? { tool: "list_agents", arguments: { team: "billing" } };
}

interface Conversations {
  /** For whom the agent works; null: it does not say. */
  endUsers: readonly [string | null, ...(string | null)[]];
  /** A conversation has at most so many calls. */
  callsMax: number;
  /** Makes the names of conversations differ from those of an earlier start. */
  startedMs: number;
  /** What the agent may call: only what everybody may, or more. */
  mayWrite: boolean;
  random?: Random;
}

/** What an agent asks for next: it works through conversations, each of one end user, and says so with every call. */
export function agentConversations({
  endUsers,
  callsMax,
  startedMs,
  mayWrite,
  random = Math.random,
}: Conversations): () => Scenario {
  const work = mayWrite ? AGENT_WORK : READS;
  let conversation = 0;
  let left = 0;
  let endUser: string | null = null;
  return () => {
    if (left === 0) {
      conversation += 1;
      left = 1 + Math.floor(random() * callsMax);
      endUser = pick(random, endUsers);
    }
    left -= 1;
    const scenario = pickWeighted(work, random) ?? { tool: "list_agents", arguments: { team: "billing" } };
    const session = `conversation-${startedMs.toString(36)}-${conversation}`;
    return { ...scenario, ...(endUser === null ? {} : { endUser }), session };
  };
}

function pickWeighted(
  choices: readonly (readonly [weight: number, tool: string, make: Make])[],
  random: Random,
): Scenario | null {
  let rest = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, tool, make] of choices) {
    rest -= weight;
    if (rest < 0) return { tool, arguments: make(random) };
  }
  return null;
}
