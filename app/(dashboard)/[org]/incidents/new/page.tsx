import type { Metadata } from "next";
import { createLoader } from "nuqs/server";
import { startSearch } from "#components/incidents/start-search.ts";
import { StartWalkthrough } from "#components/incidents/start-walkthrough.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Start walkthrough" };

const loadStart = createLoader(startSearch);

export default async function NewIncidentPage({ params, searchParams }: PageProps<"/[org]/incidents/new">) {
  const { org } = await params;
  await requireCtx(org);
  return <StartWalkthrough search={await loadStart(searchParams)} />;
}
