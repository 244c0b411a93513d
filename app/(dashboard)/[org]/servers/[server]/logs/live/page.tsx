import type { Metadata } from "next";
import { LiveLogPage } from "#components/log-stream/live-log-page.tsx";

export const metadata: Metadata = { title: "Live log" };

export default function LivePage() {
  return <LiveLogPage />;
}
