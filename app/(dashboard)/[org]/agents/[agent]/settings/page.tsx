import type { Metadata } from "next";
import { AgentSettings } from "#components/agents/agent-settings.tsx";

export const metadata: Metadata = { title: "Settings" };

export default function AgentSettingsPage() {
  return <AgentSettings />;
}
