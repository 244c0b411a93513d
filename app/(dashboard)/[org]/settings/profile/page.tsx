import type { Metadata } from "next";
import { ProfileSettings } from "#components/account/profile-settings.tsx";
import { requireMe } from "#lib/rsc/me.ts";

export const metadata: Metadata = { title: "Profile" };

export default async function ProfilePage() {
  const me = await requireMe();
  return <ProfileSettings name={me.name} email={me.email ?? ""} />;
}
