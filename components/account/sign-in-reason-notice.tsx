import { SIGN_IN_REASONS, type SignInReason } from "#components/shell/sign-in-url.ts";
import { Notice } from "#components/ui/notice.tsx";

const TEXT: Record<SignInReason, string> = {
  expired: "Your session has ended. Sign in to go on where you were.",
  "signed-out": "You are signed out.",
  "password-changed": "The password is changed, and every session has ended. Sign in with the new one.",
};

/** Why one stands here again; nothing for a reason that nobody gave. */
export function SignInReasonNotice({ reason }: { reason: unknown }) {
  const known = SIGN_IN_REASONS.find((candidate) => candidate === reason);
  return known ? <Notice className="mb-4">{TEXT[known]}</Notice> : null;
}
