import { type CreditExplanation, ExplainCreditsQuery } from "#lib/contract/index.ts";
import { inSnapshot } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { type Books, booksAt } from "./books-at.ts";
import { windowOf, windowsOf } from "./explained-windows.ts";
import { lateEvents } from "./late-events.ts";
import { movements } from "./movements.ts";
import { priceChanges } from "./price-changes.ts";
import { foldReasons, type Reason, rankReasons, settledLate, toCreditReason } from "./reasons.ts";
import { useReasons } from "./use-reasons.ts";

/**
 * Why there are more or fewer credits than when the window began, biggest change against the window before first: use by
 * agent, server and tool, credits that came, went back or expired, what calls have set aside, and, as parts of the use, new
 * prices and costs that happened earlier. The reasons that are no parts add up to the change, to the micro.
 */
export const explainCredits = query({
  name: "credits.explain",
  scope: "billing:read",
  input: ExplainCreditsQuery,
  run: async (ctx, asked): Promise<CreditExplanation> => {
    const windows = windowsOf(asked, ctx.clock.nowMs());
    const { beforeFromMs, fromMs, toMs } = windows;
    const organizationId = ctx.organization.id;
    return inSnapshot(ctx.database.sql, async (sql) => {
      const [before, opening, closing] = await booksAt(sql, organizationId, [beforeFromMs, fromMs, toMs]);
      if (before === undefined || opening === undefined || closing === undefined)
        throw new Error("The books were asked for at three moments.");
      const change = {
        amount: spendable(closing) - spendable(opening),
        before: spendable(opening) - spendable(before),
      };
      const whole: Reason[] = [
        ...(await useReasons(sql, organizationId, windows)),
        ...(await movements(sql, organizationId, windows)),
        setAside(before, opening, closing),
      ];
      const parts = [
        ...(await priceChanges(sql, organizationId, windows)),
        ...(await lateEvents(sql, organizationId, windows)),
      ];
      const named = [...foldReasons(whole, limits.money.explainReasonsMax), ...settledLate(whole, change)];
      return {
        window: windowOf(fromMs, toMs),
        compared: windowOf(beforeFromMs, fromMs),
        openingMicros: String(spendable(opening)),
        closingMicros: String(spendable(closing)),
        changeMicros: String(change.amount),
        changeBeforeMicros: String(change.before),
        reasons: rankReasons([...named, ...parts]).map(toCreditReason),
      };
    });
  },
});

/** What calls may set aside, less what is owed: what people mean by the credits they have. */
const spendable = ({ available, debt }: Books): bigint => available + debt;

const setAside = (before: Books, opening: Books, closing: Books): Reason => ({
  kind: "held",
  label: "Set aside for calls that run",
  amount: opening.held - closing.held,
  before: before.held - opening.held,
  count: 0,
  countBefore: 0,
});
