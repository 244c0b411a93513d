/**
 * What crossed a line, told once per period, and how it gets to people: signed webhooks and e-mail, with retries. Amounts
 * (`credits_used`, `agent_budget_used`) and states (the rules in `rules/`, told once while they last) are looked at on a
 * schedule; `loop_suspected`, `top_up_failed` and `payment_disputed` are raised by what notices them.
 */
export { listAlertRules, updateAlertRule } from "./alert-rules.ts";
export {
  createAlertChannel,
  deleteAlertChannel,
  listAlertChannels,
  updateAlertChannel,
} from "./channels.ts";
export { getCreditAlerts, setCreditAlerts } from "./credit-alerts.ts";
export { deleteOldAlerts } from "./delete-old-alerts.ts";
export { deleteOldDeliveries } from "./delete-old-deliveries.ts";
export { deliverAlerts } from "./deliver-alerts.ts";
export { listAlertDeliveries, listAlerts } from "./list-alerts.ts";
export { raiseAlert } from "./raise-alert.ts";
export { createStateRules, raiseStateAlerts } from "./rules/raise-state-alerts.ts";
export { replayAlertDelivery, testAlertChannel } from "./send-again.ts";
export { raiseSpendAlerts } from "./spend-alerts.ts";
