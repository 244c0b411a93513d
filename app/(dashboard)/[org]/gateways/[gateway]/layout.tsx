import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { GatewayProvider } from "#components/gateways/gateway-context.tsx";
import { GatewayHeader } from "#components/gateways/gateway-header.tsx";
import { requireGateway } from "#lib/rsc/require-gateway.ts";

type Props = LayoutProps<"/[org]/gateways/[gateway]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { org, gateway } = await params;
  const { name } = await requireGateway(org, gateway);
  return { title: { default: name, template: `%s · ${name} · MCP Stack` } };
}

/** The head with the tabs of one gateway. A name in the address becomes the id, so that a page has one address. */
export default async function GatewayLayout({ params, children }: Props) {
  const { org, gateway: ref } = await params;
  const gateway = await requireGateway(org, ref);
  if (gateway.id !== ref) redirect(`/${org}/gateways/${gateway.id}`);
  return (
    <GatewayProvider initial={gateway}>
      <GatewayHeader />
      {children}
    </GatewayProvider>
  );
}
