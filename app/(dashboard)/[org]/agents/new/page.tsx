import type { Metadata } from "next";
import { NewAgent } from "#components/agents/new-agent.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "New agent" };

export default async function NewAgentPage({ params }: PageProps<"/[org]/agents/new">) {
  const { org } = await params;
  await requireCtx(org);
  return <NewAgent />;
}
