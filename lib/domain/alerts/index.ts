/** What crossed a line, told once per period, and how it gets to people: signed webhooks and e-mail, with retries. */
export { type AlertToRaise, raiseAlert } from "./raise-alert.ts";
