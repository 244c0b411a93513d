import type { Metadata } from "next";
import { MembersSettings } from "#components/organizations/members-settings.tsx";
import { invitationsQuery, membersQuery } from "#lib/client/queries/members.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listInvitations, listMembers } from "#lib/domain/organizations/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { requireMe } from "#lib/rsc/me.ts";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Members" };

export default async function MembersPage({ params }: PageProps<"/[org]/settings/members">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const me = await requireMe();
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, membersQuery(org), () => listMembers(ctx, {})),
    prefetch(client, invitationsQuery(org), () => listInvitations(ctx, {})),
  ]);
  return (
    <Hydrate client={client}>
      <MembersSettings userId={me.id} />
    </Hydrate>
  );
}
