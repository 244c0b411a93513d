/** Why a payment in `currency` becomes no credits, or null when it does. */
export const currencyProblem = (currency: string): string | null =>
  currency.toLowerCase() === "usd"
    ? null
    : `A payment in ${currency.toUpperCase().slice(0, 10)} came in. Credits are sold in USD only, so none were granted: refund it at the payment provider, or grant credits by hand.`;
