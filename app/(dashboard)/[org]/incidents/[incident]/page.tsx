import type { Metadata } from "next";
import { Walkthrough } from "#components/incidents/walkthrough.tsx";

export const metadata: Metadata = { title: "Walkthrough" };

export default function WalkthroughPage() {
  return <Walkthrough />;
}
