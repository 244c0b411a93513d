import { expect, test } from "vitest";
import { CreateCheckoutSession, GrantCredits, UpdateAgentBudget } from "./index.ts";

const grant = { amountMicros: "1000000", reason: "Pilot" };

test("an amount in another currency is refused, not taken as USD", () => {
  expect(GrantCredits.safeParse(grant).success).toBe(true);
  expect(GrantCredits.safeParse({ ...grant, currency: "EUR" }).success).toBe(false);
  expect(CreateCheckoutSession.safeParse({ creditAmountUsd: 25 }).success).toBe(true);
  expect(CreateCheckoutSession.safeParse({ creditAmountUsd: 25, currency: "EUR" }).success).toBe(false);
});

test("a misspelled cap is refused: it would stop nothing", () => {
  expect(UpdateAgentBudget.safeParse({ monthlyCapMicros: "0" }).success).toBe(true);
  expect(UpdateAgentBudget.safeParse({ monthlyCap: "0" }).success).toBe(false);
});
