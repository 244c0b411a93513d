import type { FieldValues } from "./tool-fields.ts";

/** What somebody typed into the form of a tool: it outlives a change of page, not the browser tab. */
export interface KeptValues {
  readonly fields: FieldValues;
  readonly json: string;
  readonly mode: "form" | "json";
}

const keyOf = (serverId: string, tool: string): string => `mcpstack.try.${serverId}.${tool}`;

/** What was kept, or null. What cannot be read counts as nothing. */
export function readKeptValues(serverId: string, tool: string): KeptValues | null {
  const text = storage()?.getItem(keyOf(serverId, tool));
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isKeptValues(value) ? value : null;
  } catch {
    return null;
  }
}

export function keepValues(serverId: string, tool: string, values: KeptValues): void {
  try {
    storage()?.setItem(keyOf(serverId, tool), JSON.stringify(values));
  } catch (error) {
    // A full or forbidden storage only costs the memory of the form.
    if (!(error instanceof DOMException)) throw error;
  }
}

function storage(): Storage | null {
  try {
    return typeof window === "undefined" ? null : window.sessionStorage;
  } catch {
    return null;
  }
}

function isKeptValues(value: unknown): value is KeptValues {
  if (typeof value !== "object" || value === null) return false;
  const { fields, json, mode } = value as Partial<KeptValues>;
  return (
    typeof json === "string" &&
    (mode === "form" || mode === "json") &&
    typeof fields === "object" &&
    fields !== null &&
    Object.values(fields).every((text) => typeof text === "string")
  );
}
