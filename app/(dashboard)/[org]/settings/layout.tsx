import type { ReactNode } from "react";
import { SettingsHeader } from "#components/organizations/settings-header.tsx";
import { PageBody } from "#components/shell/page-body.tsx";

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <SettingsHeader />
      <PageBody className="max-w-5xl">{children}</PageBody>
    </>
  );
}
