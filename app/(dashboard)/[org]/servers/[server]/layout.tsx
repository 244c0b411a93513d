import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ServerProvider } from "#components/servers/server-context.tsx";
import { ServerHeader } from "#components/servers/server-header.tsx";
import { requireServer } from "#lib/rsc/require-server.ts";

type Props = LayoutProps<"/[org]/servers/[server]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { org, server } = await params;
  const { name } = await requireServer(org, server);
  return { title: { default: name, template: `%s · ${name} · MCP Stack` } };
}

/** The head with the tabs of one server. An id in the address becomes the slug, so that a page has one address. */
export default async function ServerLayout({ params, children }: Props) {
  const { org, server: ref } = await params;
  const server = await requireServer(org, ref);
  if (server.slug !== ref) redirect(`/${org}/servers/${server.slug}`);
  return (
    <ServerProvider initial={server}>
      <ServerHeader />
      {children}
    </ServerProvider>
  );
}
