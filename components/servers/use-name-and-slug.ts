"use client";

import { useState } from "react";
import { slugOf } from "./slug-of.ts";

/** A name, and a slug that follows it until somebody writes one by hand. */
export function useNameAndSlug() {
  const [name, setName] = useState("");
  const [typedSlug, setTypedSlug] = useState<string | null>(null);
  return {
    name,
    setName,
    slug: typedSlug ?? slugOf(name),
    setSlug: (slug: string) => setTypedSlug(slug === "" ? null : slug.toLowerCase()),
  };
}
