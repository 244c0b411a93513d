import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthFrame } from "#components/account/auth-frame.tsx";
import { SignInForm } from "#components/account/sign-in-form.tsx";
import { SignInReasonNotice } from "#components/account/sign-in-reason-notice.tsx";
import { safeCallbackPath } from "#components/shell/sign-in-url.ts";
import { isSetupNeeded } from "#lib/domain/organizations/index.ts";
import { getSystem } from "#lib/http/system.ts";
import { findPrincipal } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { callbackUrl, reason } = await searchParams;
  const leadsTo = safeCallbackPath(typeof callbackUrl === "string" ? callbackUrl : null);
  if ((await findPrincipal()) !== null) redirect(leadsTo);
  if (await isSetupNeeded(getSystem())) redirect("/setup");
  return (
    <AuthFrame title="Sign in">
      <SignInReasonNotice reason={reason} />
      <SignInForm leadsTo={leadsTo} />
    </AuthFrame>
  );
}
