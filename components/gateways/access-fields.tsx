"use client";

import { CircleAlert } from "lucide-react";
import { useId } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { AccessMethod } from "#lib/contract/index.ts";
import { ACCESS_METHOD_LOOK, ACCESS_METHODS } from "./access-methods.ts";

interface AccessFieldsProps {
  value: readonly AccessMethod[];
  onChange: (access: readonly AccessMethod[]) => void;
  disabled: boolean;
  error: string | null;
}

/** Which ways into the gateway are open; any number of them, at least one. */
export function AccessFields({ value, onChange, disabled, error }: AccessFieldsProps) {
  const baseId = useId();
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 font-medium">Ways in</legend>
      <div className="divide-y rounded-md border">
        {ACCESS_METHODS.map((method) => {
          const { label, icon: Icon, meaning } = ACCESS_METHOD_LOOK[method];
          const id = `${baseId}-${method}`;
          return (
            <label key={method} htmlFor={id} className="flex cursor-pointer items-start gap-2.5 px-3 py-2.5">
              <Checkbox
                id={id}
                aria-describedby={`${id}-meaning`}
                aria-label={label}
                checked={value.includes(method)}
                disabled={disabled}
                onCheckedChange={(on) =>
                  onChange(on === true ? [...value, method] : value.filter((other) => other !== method))
                }
                className="mt-0.5"
              />
              <span className="grid min-w-0 gap-0.5">
                <span className="inline-flex items-center gap-1.5 font-medium">
                  <Icon aria-hidden="true" className="size-3.5 text-faint" />
                  {label}
                </span>
                <span id={`${id}-meaning`} className="text-muted text-xs">
                  {meaning}
                </span>
              </span>
            </label>
          );
        })}
      </div>
      {error ? (
        <p role="alert" className="flex items-start gap-1.5 text-fail text-xs">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
