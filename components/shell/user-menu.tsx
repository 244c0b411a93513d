"use client";

import dynamic from "next/dynamic";
import type { Me } from "#lib/contract/index.ts";
import { MenuButton } from "./menu-button.tsx";
import { Monogram } from "./monogram.tsx";

const load = () => import("./user-menu-popup.tsx").then((module) => module.UserMenuPopup);
const UserMenuPopup = dynamic(load, { ssr: false });

/** The person, and the menu behind. */
export function UserMenu({ org, me }: { org: string; me: Me }) {
  return (
    <MenuButton
      label={`Account: ${me.name}`}
      className="h-10"
      preload={() => void load()}
      menu={(open) => <UserMenuPopup org={org} {...open} />}
    >
      <Monogram name={me.name} round />
      <span className="grid min-w-0 flex-1 leading-tight">
        <span className="truncate font-medium">{me.name}</span>
        <span className="truncate text-faint text-xs">{me.email}</span>
      </span>
    </MenuButton>
  );
}
