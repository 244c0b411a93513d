import type { Metadata } from "next";
import { GatewaySettings } from "#components/gateways/gateway-settings.tsx";

export const metadata: Metadata = { title: "Settings" };

export default function GatewaySettingsPage() {
  return <GatewaySettings />;
}
