import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AuthFrame } from "#components/account/auth-frame.tsx";
import { SetupForm } from "#components/account/setup-form.tsx";
import { isSetupNeeded } from "#lib/domain/organizations/index.ts";
import { getSystem } from "#lib/http/system.ts";

export const metadata: Metadata = { title: "Set up", referrer: "no-referrer" };

export default async function SetupPage({ searchParams }: PageProps<"/setup">) {
  if (!(await isSetupNeeded(getSystem()))) redirect("/");
  const { token } = await searchParams;
  return (
    <AuthFrame
      title="Set up MCP Stack"
      description="You become the owner of the first organization. This works once."
    >
      <SetupForm token={typeof token === "string" ? token : ""} />
    </AuthFrame>
  );
}
