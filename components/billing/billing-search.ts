import { parseAsInteger, parseAsString, parseAsStringLiteral } from "nuqs/server";

/** The state of the page, in its address. */
export const billingSearch = {
  category: parseAsStringLiteral(["purchases", "usage", "adjustments"] as const),
  agent: parseAsString,
  from: parseAsString,
  to: parseAsString,
  page: parseAsInteger.withDefault(1),
  asOf: parseAsString,
  /** The transaction that is open in the drawer. */
  tx: parseAsString,
  /** The window whose change is explained. */
  why: parseAsStringLiteral(["24h", "7d", "30d"] as const).withDefault("24h"),
};
