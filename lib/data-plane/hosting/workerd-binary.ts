import { createRequire } from "node:module";
import { DomainError } from "#lib/kernel/errors.ts";

/** The path of the workerd executable that npm installed. Throws DomainError `unavailable` where there is none. */
export function workerdBinary(): string {
  try {
    const require = createRequire(import.meta.url);
    const found: unknown = require("workerd");
    const path = typeof found === "object" && found !== null && "default" in found ? found.default : found;
    if (typeof path === "string") return path;
  } catch (error) {
    throw new DomainError("unavailable", "This machine has no hosting runtime (npm package workerd).", {
      cause: error,
    });
  }
  throw new DomainError("unavailable", "The npm package workerd names no executable.");
}
