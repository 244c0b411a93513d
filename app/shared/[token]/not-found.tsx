import { AuthFrame } from "#components/account/auth-frame.tsx";

/** The same for a link that ended, was revoked, or never was: nobody learns which. */
export default function SharedReportNotFound() {
  return (
    <AuthFrame title="This link is not valid any more.">
      <p className="text-muted">Ask whoever gave it to you for a new one.</p>
    </AuthFrame>
  );
}
