"use client";

import { ChevronsUpDown, Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { NewOrganizationDialog } from "#components/organizations/new-organization-dialog.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import type { Organization } from "#lib/contract/index.ts";
import { Monogram } from "./monogram.tsx";

/** The organizations of the person, and a way to make one more for those who own one. */
export function OrganizationSwitch({ org, organizations }: { org: string; organizations: Organization[] }) {
  const router = useRouter();
  const [making, setMaking] = useState(false);
  const ownsOne = organizations.some(({ role }) => role === "owner");
  const current = organizations.find((organization) => organization.slug === org);
  const name = current?.name ?? org;
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger
          aria-label={`Organization: ${name}. Switch`}
          className="flex h-9 w-full items-center gap-2 rounded-md px-1.5 text-left transition-colors hover:bg-raised data-[state=open]:bg-raised"
        >
          <Monogram name={name} />
          <span className="min-w-0 flex-1 truncate font-semibold">{name}</span>
          <ChevronsUpDown aria-hidden="true" className="size-3.5 text-faint" />
        </DropdownMenuTrigger>
        <DropdownMenuContent align="start" className="w-56">
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
              <DropdownMenuItem onSelect={() => setMaking(true)}>
                <Plus aria-hidden="true" />
                New organization
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      <NewOrganizationDialog open={making} onOpenChange={setMaking} />
    </>
  );
}
