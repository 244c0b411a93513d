import type { Metadata } from "next";
import { GeneralSettings } from "#components/organizations/general-settings.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function GeneralSettingsPage({ params }: PageProps<"/[org]/settings">) {
  await requireCtx((await params).org);
  return <GeneralSettings />;
}
