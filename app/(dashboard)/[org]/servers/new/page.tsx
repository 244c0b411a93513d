import type { Metadata } from "next";
import { NewServer } from "#components/servers/new-server.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "New server" };

export default async function NewServerPage({ params }: PageProps<"/[org]/servers/new">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  return <NewServer mcpUrlPrefix={ctx.doors.mcpUrl("")} />;
}
