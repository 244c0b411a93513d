import type {
  CreditExplanation,
  CreditGrant,
  CreditSummary,
  Forecast,
  LedgerPage,
  Reconciliation,
  Runway,
  Statement,
} from "#lib/contract/index.ts";
import { formatUsd, microsOf, microsOfUsd } from "#lib/kernel/money.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { download } from "../download.ts";
import { EXIT } from "../exit-code.ts";
import { withQuery } from "../log-filters.ts";
import { momentOf } from "../moment.ts";
import { emit, facts, table } from "../output.ts";

const usd = (micros: string): string => formatUsd(microsOf(micros));

async function creditsPath({ session }: CommandCall, ...rest: string[]): Promise<string> {
  return [await session.organizationPath(), "ai-credits", ...rest].join("/");
}

/** Options as query parameters, times as the API takes them. */
function parameters(call: CommandCall, ...names: string[]): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of names) {
    const value = textOption(call, name);
    if (value === undefined) continue;
    const isTime = name === "from" || name === "to";
    query.set(name === "limit" ? "pageSize" : name, isTime ? momentOf(name, value, call.io.nowMs()) : value);
  }
  return query;
}

const lasts = ({ state, daysLow, daysHigh }: Runway): string =>
  state === "estimated" && daysLow !== null ? `${daysLow}–${daysHigh} days at this pace` : state;

/** What there is, how long it lasts, and whether the books balance. */
export const billingBalance: CommandRun = async (call) => {
  const api = await call.session.api();
  const summary = await api.get<CreditSummary>(await creditsPath(call, "summary"));
  emit(call.io, call.format, summary, () =>
    facts([
      ["Spendable", `${usd(summary.availableMicros)} USD`],
      ["Set aside", usd(summary.heldMicros)],
      ["Owed", usd(summary.debtMicros)],
      ["Spent 24 h", usd(summary.spent24hMicros)],
      ["Spent month", usd(summary.month.spentMicros)],
      ["Runway", lasts(summary.runway)],
      ["Plan", summary.plan.id],
      [
        "Books",
        summary.reconciliation.at === null
          ? "not checked yet"
          : `${summary.reconciliation.status} at ${summary.reconciliation.at}, drift ${usd(summary.reconciliation.driftMicros)}`,
      ],
      ...summary.notices.map(({ message, at }) => ["Notice", `${message} (${at})`] as const),
    ]),
  );
  return EXIT.ok;
};

/** One page of what moved credits. */
export const billingLedger: CommandRun = async (call) => {
  const api = await call.session.api();
  const query = parameters(call, "category", "agent", "from", "to", "page", "limit", "cursor");
  const page = await api.get<LedgerPage>(withQuery(await creditsPath(call, "ledger"), query));
  emit(call.io, call.format, page, () =>
    table(
      ["TIME", "USD", "BALANCE", "TYPE", "ID", "WHAT"],
      page.data.map((tx) => [
        tx.createdAt,
        usd(tx.amountMicros),
        usd(tx.balanceAfterMicros),
        tx.type,
        tx.id,
        tx.description,
      ]),
      "Nothing moved credits here.",
    ),
  );
  if (call.format === "table" && page.nextCursor !== null)
    call.io.err(`${page.data.length} of ${page.total}. Go on with --cursor ${page.nextCursor}\n`);
  return EXIT.ok;
};

/** The ledger as a file, as it comes. */
export const billingExport: CommandRun = async (call) => {
  const query = parameters(call, "category", "agent", "from", "to", "format");
  return download(call, { file: null, isForced: false }, async () =>
    withQuery(await creditsPath(call, "ledger", "export"), query),
  );
};

/** How long the credits last. */
export const billingForecast: CommandRun = async (call) => {
  const api = await call.session.api();
  const forecast = await api.get<Forecast>(await creditsPath(call, "forecast"));
  emit(call.io, call.format, forecast, () =>
    facts([
      ["Balance", usd(forecast.balanceMicros)],
      ["Runway", lasts(forecast)],
      ["Per day", forecast.perDayMicros === null ? null : usd(forecast.perDayMicros)],
      [
        "Next expiry",
        forecast.nextExpiry === null
          ? "none"
          : `${usd(forecast.nextExpiry.amountMicros)} at ${forecast.nextExpiry.at}`,
      ],
      [
        "Last error",
        forecast.lastErrorRatio === null ? null : `${Math.round(forecast.lastErrorRatio * 100)} %`,
      ],
    ]),
  );
  return EXIT.ok;
};

/** Statements by month. */
export const billingStatements: CommandRun = async (call) => {
  const api = await call.session.api();
  const statements = await api.get<Statement[]>(await creditsPath(call, "statements"));
  emit(call.io, call.format, statements, () =>
    table(
      ["MONTH", "OPENING", "GRANTED", "USED", "EXPIRED", "REFUNDED", "ADJUSTED", "CLOSING"],
      statements.map((one) => [
        one.month,
        usd(one.openingMicros),
        usd(one.grantedMicros),
        usd(one.usedMicros),
        usd(one.expiredMicros),
        usd(one.refundedMicros),
        usd(one.adjustedMicros),
        usd(one.closingMicros),
      ]),
      "The first statement begins with the first credits.",
    ),
  );
  return EXIT.ok;
};

/** Why credits changed. */
export const billingExplain: CommandRun = async (call) => {
  const api = await call.session.api();
  const path = withQuery(await creditsPath(call, "explanation"), parameters(call, "from", "to"));
  const explanation = await api.get<CreditExplanation>(path);
  emit(call.io, call.format, explanation, () =>
    [
      `${usd(explanation.openingMicros)} → ${usd(explanation.closingMicros)} USD: ${usd(explanation.changeMicros)} (before: ${usd(explanation.changeBeforeMicros)})\n`,
      table(
        ["USD", "AGAINST BEFORE", "COUNT", "WHY"],
        explanation.reasons.map((reason) => [
          usd(reason.amountMicros),
          usd(reason.changeMicros),
          reason.count,
          `${reason.isPart ? "of which: " : ""}${reason.label}`,
        ]),
        "Nothing moved credits in this window or the one before.",
      ),
    ].join(""),
  );
  return EXIT.ok;
};

/** Credits that came in. */
export const billingGrants: CommandRun = async (call) => {
  const api = await call.session.api();
  const grants = await api.get<CreditGrant[]>(await creditsPath(call, "grants"));
  emit(call.io, call.format, grants, () =>
    table(
      ["ID", "KIND", "USD", "LEFT", "EXPIRES", "REASON"],
      grants.map((grant) => [
        grant.id,
        grant.kind,
        usd(grant.amountMicros),
        usd(grant.remainingMicros),
        grant.expiresAt ?? "never",
        grant.reason,
      ]),
      'No credits came in yet. An owner gives some: mcpstack billing grant 25.00 --reason "Pilot"',
    ),
  );
  return EXIT.ok;
};

/** Gives credits by hand. */
export const billingGrant: CommandRun = async (call) => {
  const given = argument(call, "usd");
  const micros = microsOfUsd(given);
  if (micros === null || micros <= 0n)
    throw usageError(
      `${JSON.stringify(given)} is no amount of USD above zero.`,
      "For example: 25.00 or 0.000145.",
    );
  const reason = textOption(call, "reason");
  if (reason === undefined) throw usageError("Credits need a reason.", 'For example: --reason "Pilot"');
  const expires = textOption(call, "expires");
  const api = await call.session.api();
  const grant = await api.post<CreditGrant>(await creditsPath(call, "grants"), {
    amountMicros: String(micros),
    reason,
    expiresAt: expires === undefined ? null : momentOf("expires", expires, call.io.nowMs()),
  });
  emit(call.io, call.format, grant, () => `${grant.id}\n`);
  if (call.format === "table") call.io.err(`Granted ${usd(grant.amountMicros)} USD.\n`);
  return EXIT.ok;
};

/** Checks the books now. */
export const billingReconcile: CommandRun = async (call) => {
  const api = await call.session.api();
  const found = await api.post<Reconciliation>(await creditsPath(call, "reconciliation"), undefined);
  emit(call.io, call.format, found, () =>
    table(
      ["ID", "STATUS", "CHECKED", "BROKEN", "PROMISE"],
      found.checks.map((check) => [check.id, check.status, check.checked, check.driftCount, check.promise]),
      "There are no books yet.",
    ),
  );
  return found.status === "drift" ? EXIT.gateFailed : EXIT.ok;
};
