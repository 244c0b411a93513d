export const SIGN_IN_REASONS = ["expired", "signed-out", "password-changed"] as const;
/** Why somebody stands before the sign-in page. */
export type SignInReason = (typeof SIGN_IN_REASONS)[number];

/** Where to sign in so that the way leads back to `callbackUrl`, a path of this site. */
export function signInUrl(callbackUrl: string, reason?: SignInReason): string {
  const query = new URLSearchParams();
  if (callbackUrl !== "/") query.set("callbackUrl", callbackUrl);
  if (reason) query.set("reason", reason);
  const text = query.toString();
  return `/sign-in${text ? `?${text}` : ""}`;
}

/** `text` when it is a path of this site, else `/`: a foreign address in a link must not receive a person who signed in. */
export function safeCallbackPath(text: string | null | undefined): string {
  if (!text?.startsWith("/") || /[\\\p{Cc}]/u.test(text)) return "/";
  const url = new URL(text, "http://same.invalid");
  // Normalising can itself make a double slash (`/..//host`), which a browser takes for another site.
  if (url.origin !== "http://same.invalid" || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
