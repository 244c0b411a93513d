/** Headers that every answer of the dashboard carries: pages, API and static files alike. */
export function securityHeaders(isHttps: boolean): readonly (readonly [name: string, value: string])[] {
  return [
    ["x-content-type-options", "nosniff"],
    ["x-frame-options", "DENY"],
    ["referrer-policy", "strict-origin-when-cross-origin"],
    ["cross-origin-opener-policy", "same-origin"],
    ["cross-origin-resource-policy", "same-origin"],
    [
      "permissions-policy",
      "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ],
    // Not for subdomains: they may belong to other services of the operator that have no https.
    ...(isHttps ? ([["strict-transport-security", "max-age=31536000"]] as const) : []),
  ];
}

export interface PagePolicyOptions {
  /** Fresh for each response; only scripts that carry it run. */
  nonce: string;
  /** The Host header, for WebSockets of our own origin; left out when it is not a plain host. */
  host: string | null;
  /** React's development build needs `eval`. */
  isDevelopment: boolean;
}

const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;

/**
 * The Content-Security-Policy of a page: our own scripts by nonce, nothing from a third party, no framing. Styles may
 * be inline, because positioned popovers and virtual lists set them on elements.
 */
export function pagePolicy({ nonce, host, isDevelopment }: PagePolicyOptions): string {
  const sockets = host !== null && HOST.test(host) ? ` ws://${host} wss://${host}` : "";
  const directives = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "script-src-attr 'none'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "media-src 'none'",
    "object-src 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ];
  return directives.join("; ");
}

/** The policy of answers that are data, should a browser ever open one as a page. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";
