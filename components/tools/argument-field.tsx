"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { ToolField } from "./tool-fields.ts";

interface ArgumentFieldProps {
  field: ToolField;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

/** One argument of a tool. */
export function ArgumentField({ field, value, error, onChange }: ArgumentFieldProps) {
  const hint = [field.description, field.hint].filter(Boolean).join(" · ");
  return (
    <Field
      label={<span className="font-mono text-xs">{field.label}</span>}
      hint={hint || undefined}
      error={error}
      optional={!field.isRequired}
    >
      {(control) => {
        const shared = {
          ...control,
          name: field.name,
          value,
          "aria-required": field.isRequired || undefined,
        } as const;
        switch (field.kind) {
          case "boolean":
          case "enum":
            return (
              <Select {...shared} onChange={(event) => onChange(event.target.value)}>
                <option value="">{field.isRequired && field.kind === "enum" ? "Choose" : "Not set"}</option>
                {(field.kind === "boolean" ? ["true", "false"] : field.choices.map(({ text }) => text)).map(
                  (text) => (
                    <option key={text} value={text}>
                      {text}
                    </option>
                  ),
                )}
              </Select>
            );
          case "text":
          case "json":
            return (
              <Textarea
                {...shared}
                rows={field.kind === "json" ? 4 : 3}
                spellCheck={field.kind === "text"}
                placeholder={field.kind === "json" ? "JSON" : undefined}
                className={field.kind === "json" ? "font-mono text-xs" : undefined}
                onChange={(event) => onChange(event.target.value)}
              />
            );
          default:
            return (
              <Input
                {...shared}
                inputMode={
                  field.kind === "integer" ? "numeric" : field.kind === "number" ? "decimal" : undefined
                }
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => onChange(event.target.value)}
              />
            );
        }
      }}
    </Field>
  );
}
