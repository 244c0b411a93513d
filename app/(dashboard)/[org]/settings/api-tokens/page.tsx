import type { Metadata } from "next";
import { ApiTokensSettings } from "#components/organizations/api-tokens-settings.tsx";
import { apiTokensQuery } from "#lib/client/queries/tokens.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listApiTokens } from "#lib/domain/api-tokens/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "API tokens" };

export default async function ApiTokensPage({ params }: PageProps<"/[org]/settings/api-tokens">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, apiTokensQuery(org), () => listApiTokens(ctx, {}));
  return (
    <Hydrate client={client}>
      <ApiTokensSettings />
    </Hydrate>
  );
}
