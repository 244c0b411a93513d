import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AgentProvider } from "#components/agents/agent-context.tsx";
import { AgentHeader } from "#components/agents/agent-header.tsx";
import { requireAgent } from "#lib/rsc/require-agent.ts";

type Props = LayoutProps<"/[org]/agents/[agent]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { org, agent } = await params;
  const { name } = await requireAgent(org, agent);
  return { title: { default: name, template: `%s · ${name} · MCP Stack` } };
}

/** The head with the tabs of one agent. A name in the address becomes the id, so that a page has one address. */
export default async function AgentLayout({ params, children }: Props) {
  const { org, agent: ref } = await params;
  const agent = await requireAgent(org, ref);
  if (agent.id !== ref) redirect(`/${org}/agents/${agent.id}`);
  return (
    <AgentProvider initial={agent}>
      <AgentHeader />
      {children}
    </AgentProvider>
  );
}
