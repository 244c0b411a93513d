"use client";

import { ChevronsUpDown } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Organization } from "#lib/contract/index.ts";
import { MenuButton } from "./menu-button.tsx";
import { Monogram } from "./monogram.tsx";

const load = () => import("./organization-switch-popup.tsx").then((module) => module.OrganizationSwitchPopup);
const OrganizationSwitchPopup = dynamic(load, { ssr: false });
const NewOrganizationDialog = dynamic(
  () =>
    import("#components/organizations/new-organization-dialog.tsx").then(
      (module) => module.NewOrganizationDialog,
    ),
  { ssr: false },
);

/** Where one is, and the way to the other organizations. */
export function OrganizationSwitch({ org, organizations }: { org: string; organizations: Organization[] }) {
  const [making, setMaking] = useState(false);
  const name = organizations.find((organization) => organization.slug === org)?.name ?? org;
  return (
    <>
      <MenuButton
        label={`Organization: ${name}. Switch`}
        className="h-9"
        preload={() => void load()}
        menu={(open) => (
          <OrganizationSwitchPopup
            org={org}
            organizations={organizations}
            onMake={() => setMaking(true)}
            {...open}
          />
        )}
      >
        <Monogram name={name} />
        <span className="min-w-0 flex-1 truncate font-semibold">{name}</span>
        <ChevronsUpDown aria-hidden="true" className="size-3.5 text-faint" />
      </MenuButton>
      {making ? <NewOrganizationDialog open onOpenChange={setMaking} /> : null}
    </>
  );
}
