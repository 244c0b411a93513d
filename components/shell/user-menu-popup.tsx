"use client";

import { CircleUser, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import {
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
} from "#components/ui/dropdown-menu.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { notify } from "#components/ui/notify.ts";
import { signOut } from "#lib/client/session.ts";
import { openShortcuts } from "./command-menu-state.ts";
import type { OpenMenu } from "./menu-button.tsx";
import { MenuPopup } from "./menu-popup.tsx";
import { signInUrl } from "./sign-in-url.ts";
import { setTheme, useTheme } from "./theme.ts";
import { isTheme } from "./theme-cookie.ts";

/** The open menu of the person: profile, theme, keys, sign out. */
export function UserMenuPopup({ org, ...menu }: { org: string } & OpenMenu) {
  const router = useRouter();
  const theme = useTheme();
  const leave = () =>
    signOut().then(
      () => window.location.assign(signInUrl("/", "signed-out")),
      () =>
        notify.error("Signing out did not work", { description: "The server did not answer. Try again." }),
    );
  return (
    <MenuPopup label="Account" align="start" side="top" {...menu}>
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
    </MenuPopup>
  );
}
