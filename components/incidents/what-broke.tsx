"use client";

import { Footprints } from "lucide-react";
import Link from "next/link";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { buttonStyle } from "#components/ui/button.tsx";
import { type StartAbout, startHref } from "./start-href.ts";

/** Starts a walkthrough with what the page knows; nothing for those who may not open incidents. */
export function WhatBroke({ about, label = "What broke?" }: { about: StartAbout; label?: string }) {
  const { slug: org, can } = useOrganization();
  if (!can("incidents:write")) return null;
  return (
    <Link href={startHref(org, about)} prefetch={false} className={buttonStyle({ size: "sm" })}>
      <Footprints aria-hidden="true" />
      {label}
    </Link>
  );
}
