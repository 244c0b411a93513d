"use client";

import { CircleUser, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
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
import { Kbd } from "#components/ui/kbd.tsx";
import { signOut } from "#lib/client/session.ts";
import type { Me } from "#lib/contract/index.ts";
import { openShortcuts } from "./command-menu-state.ts";
import { Monogram } from "./monogram.tsx";
import { signInUrl } from "./sign-in-url.ts";
import { setTheme, useTheme } from "./theme.ts";
import { isTheme } from "./theme-cookie.ts";

/** The person: profile, theme, keys, sign out. */
export function UserMenu({ org, me }: { org: string; me: Me }) {
  const router = useRouter();
  const theme = useTheme();
  const leave = () =>
    signOut().then(
      () => window.location.assign(signInUrl("/", "signed-out")),
      () => toast.error("Signing out did not work", { description: "The server did not answer. Try again." }),
    );
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Account: ${me.name}`}
        className="flex h-10 w-full items-center gap-2 rounded-md px-1.5 text-left transition-colors hover:bg-raised data-[state=open]:bg-raised"
      >
        <Monogram name={me.name} round />
        <span className="grid min-w-0 flex-1 leading-tight">
          <span className="truncate font-medium">{me.name}</span>
          <span className="truncate text-faint text-xs">{me.email}</span>
        </span>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" side="top" className="w-56">
        <DropdownMenuItem onSelect={() => router.push(`/${org}/settings/profile`)}>
          <CircleUser aria-hidden="true" />
          Profile
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => openShortcuts()}>
          <Keyboard aria-hidden="true" />
          <span className="flex-1">Keyboard shortcuts</span>
          <Kbd>?</Kbd>
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>Theme</DropdownMenuLabel>
        <DropdownMenuRadioGroup
          value={theme}
          onValueChange={(next) => {
            if (isTheme(next)) setTheme(next);
          }}
        >
          <DropdownMenuRadioItem value="system" onSelect={(event) => event.preventDefault()}>
            <Monitor aria-hidden="true" />
            System
          </DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="light" onSelect={(event) => event.preventDefault()}>
            <Sun aria-hidden="true" />
            Light
          </DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="dark" onSelect={(event) => event.preventDefault()}>
            <Moon aria-hidden="true" />
            Dark
          </DropdownMenuRadioItem>
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={leave}>
          <LogOut aria-hidden="true" />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
