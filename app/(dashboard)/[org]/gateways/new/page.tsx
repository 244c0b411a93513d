import type { Metadata } from "next";
import { NewGateway } from "#components/gateways/new-gateway.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "New gateway" };

export default async function NewGatewayPage({ params }: PageProps<"/[org]/gateways/new">) {
  const { org } = await params;
  await requireCtx(org);
  return <NewGateway />;
}
