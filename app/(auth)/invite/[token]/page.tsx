import type { Metadata } from "next";
import { AuthFrame } from "#components/account/auth-frame.tsx";
import { InvitationForm } from "#components/account/invitation-form.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { previewInvitation } from "#lib/domain/organizations/index.ts";
import { getSystem } from "#lib/http/system.ts";
import { DomainError } from "#lib/kernel/errors.ts";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default async function InvitationPage({ params }: PageProps<"/invite/[token]">) {
  const { token } = await params;
  const invitation = await previewInvitation(getSystem(), token).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") return error;
    throw error;
  });
  if (invitation instanceof DomainError) {
    return (
      <AuthFrame title="This invitation does not work">
        <Notice tone="warn">{invitation.message}</Notice>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame
      title={`Join ${invitation.organizationName}`}
      description={`${invitation.name}, you are invited as ${invitation.role}.`}
    >
      <InvitationForm token={token} invitation={invitation} />
    </AuthFrame>
  );
}
