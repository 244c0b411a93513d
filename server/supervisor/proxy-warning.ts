import type { Config } from "#lib/config/index.ts";

/**
 * What the operator should know about the proxy that ends TLS before this port; null when nothing is wrong. Unless its
 * word is believed, every caller seems to come from it, so that one guesser uses up everybody's sign-in attempts.
 */
export function proxyWarning({
  publicUrl,
  trustProxy,
}: Pick<Config, "publicUrl" | "trustProxy">): string | null {
  if (!publicUrl.startsWith("https:") || trustProxy) return null;
  return "MCPSTACK_PUBLIC_URL is https, so a proxy stands before this port, but MCPSTACK_TRUST_PROXY is off: all callers count as one against the limits. Turn it on if only that proxy can reach this port.";
}
