"use client";

import type { LucideIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { type Command, useCommand } from "./commands.ts";

interface NavigationCommandProps {
  item: { label: string; href: string; icon: LucideIcon; keys: string };
  group?: Command["group"];
}

/** Offers a page as a command while it is mounted; renders nothing. */
export function NavigationCommand({ item, group = "Go to" }: NavigationCommandProps) {
  const router = useRouter();
  useCommand({
    id: `go:${item.href}`,
    label: item.label,
    group,
    icon: item.icon,
    keys: item.keys,
    run: () => router.push(item.href),
  });
  return null;
}
