/** What crossed a line, told once per period, and how it gets to people: signed webhooks and e-mail, with retries. */
export {
  createAlertChannel,
  deleteAlertChannel,
  listAlertChannels,
  updateAlertChannel,
} from "./channels.ts";
export { getCreditAlerts, setCreditAlerts } from "./credit-alerts.ts";
export { deleteOldDeliveries } from "./delete-old-deliveries.ts";
export { deliverAlerts } from "./deliver-alerts.ts";
export { listAlertDeliveries, listAlerts } from "./list-alerts.ts";
export { raiseAlert } from "./raise-alert.ts";
export { replayAlertDelivery, testAlertChannel } from "./send-again.ts";
export { raiseSpendAlerts } from "./spend-alerts.ts";
