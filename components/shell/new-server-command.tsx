"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useCommand } from "./commands.ts";

/** Offers to create a server while it is mounted; renders nothing. */
export function NewServerCommand({ org }: { org: string }) {
  const router = useRouter();
  useCommand({
    id: "server.new",
    label: "New server",
    group: "Actions",
    icon: Plus,
    keys: "c",
    run: () => router.push(`/${org}/servers/new`),
  });
  return null;
}
