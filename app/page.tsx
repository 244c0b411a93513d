import { redirect } from "next/navigation";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { isSetupNeeded } from "#lib/domain/organizations/index.ts";
import { getSystem } from "#lib/http/system.ts";
import { requireMe } from "#lib/rsc/me.ts";
import { findPrincipal } from "#lib/rsc/require-ctx.ts";

/** Leads to where a person belongs: setup, sign-in, or their first organization. */
export default async function HomePage() {
  if ((await findPrincipal()) === null && (await isSetupNeeded(getSystem()))) redirect("/setup");
  const { organizations } = await requireMe();
  const first = organizations[0];
  if (first) redirect(`/${first.slug}`);
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState as="h1" title="You belong to no organization">
        Your account works, but nobody has added it to an organization. Ask an owner for an invitation.
      </EmptyState>
    </main>
  );
}
