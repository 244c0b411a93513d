/**
 * What people read and do about credits: the balance and how long it lasts, the ledger, statements, the reasons for a change,
 * credits granted by hand, and whether the books balance. Amounts are bigint micros inside, decimal strings outside.
 */
export { explainCredits } from "./explain-credits.ts";
export { exportLedger } from "./export-ledger.ts";
export { getCreditSummary } from "./get-credit-summary.ts";
export { getForecast } from "./get-forecast.ts";
export { getLedgerTx } from "./get-ledger-tx.ts";
export { getReconciliation } from "./get-reconciliation.ts";
export { grantCredits } from "./grant-credits.ts";
export { listCreditGrants } from "./list-credit-grants.ts";
export { listLedger } from "./list-ledger.ts";
export { listStatements } from "./list-statements.ts";
export { readAccounts } from "./read-accounts.ts";
export { lastReconciliation } from "./reconciliation-runs.ts";
export { runReconciliation } from "./run-reconciliation.ts";
export { describeTx } from "./tx-words.ts";
