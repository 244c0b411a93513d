"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { useNameAndSlug } from "./use-name-and-slug.ts";

interface NameAndSlugFieldsProps {
  value: ReturnType<typeof useNameAndSlug>;
  mcpUrlPrefix: string;
  disabled: boolean;
  errorOf: (field: string) => string | null;
}

/** What a new server is called, and the address that follows from it. */
export function NameAndSlugFields({ value, mcpUrlPrefix, disabled, errorOf }: NameAndSlugFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Name" error={errorOf("name")}>
        {(control) => (
          <Input
            {...control}
            value={value.name}
            onChange={(event) => value.setName(event.target.value)}
            placeholder="Support API"
            required
            autoFocus
            maxLength={100}
            disabled={disabled}
          />
        )}
      </Field>
      <Field
        label="Slug"
        error={errorOf("slug")}
        hint={
          <>
            MCP URL <span className="break-all font-mono">{`${mcpUrlPrefix}${value.slug || "…"}`}</span>
          </>
        }
      >
        {(control) => (
          <Input
            {...control}
            value={value.slug}
            onChange={(event) => value.setSlug(event.target.value)}
            placeholder="support-api"
            required
            minLength={2}
            maxLength={63}
            spellCheck={false}
            disabled={disabled}
            className="font-mono"
          />
        )}
      </Field>
    </div>
  );
}
