"use client";

import { ChevronsUpDown } from "lucide-react";
import { useRouter } from "next/navigation";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import type { Organization } from "#lib/contract/index.ts";
import { Monogram } from "./monogram.tsx";

export function OrganizationSwitch({ org, organizations }: { org: string; organizations: Organization[] }) {
  const router = useRouter();
  const current = organizations.find((organization) => organization.slug === org);
  const name = current?.name ?? org;
  return (
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
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
