"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import {
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
} from "#components/ui/dropdown-menu.tsx";
import type { Organization } from "#lib/contract/index.ts";
import type { OpenMenu } from "./menu-button.tsx";
import { MenuPopup } from "./menu-popup.tsx";
import { Monogram } from "./monogram.tsx";

interface OrganizationSwitchPopupProps extends OpenMenu {
  org: string;
  organizations: Organization[];
  onMake: () => void;
}

/** The organizations of the person, and a way to make one more for those who own one. */
export function OrganizationSwitchPopup({
  org,
  organizations,
  onMake,
  ...menu
}: OrganizationSwitchPopupProps) {
  const router = useRouter();
  const ownsOne = organizations.some(({ role }) => role === "owner");
  return (
    <MenuPopup label="Organizations" align="start" {...menu}>
      <DropdownMenuLabel>Organizations</DropdownMenuLabel>
      <DropdownMenuRadioGroup value={org} onValueChange={(slug) => router.push(`/${slug}`)}>
        {organizations.map((organization) => (
          <DropdownMenuRadioItem key={organization.id} value={organization.slug}>
            <Monogram name={organization.name} className="size-5" />
            <span className="min-w-0 flex-1 truncate">{organization.name}</span>
            <span className="text-faint text-xs">{organization.role}</span>
          </DropdownMenuRadioItem>
        ))}
      </DropdownMenuRadioGroup>
      {ownsOne ? (
        <>
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={onMake}>
            <Plus aria-hidden="true" />
            New organization
          </DropdownMenuItem>
        </>
      ) : null}
    </MenuPopup>
  );
}
