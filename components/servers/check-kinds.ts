import type { CheckRun } from "#lib/contract/index.ts";

export const CHECK_KINDS = ["tools-list", "canary", "hosting", "tool-call"] as const;

/** What a stored check is called. */
export const checkKindLabel = (check: Pick<CheckRun, "kind" | "tool">): string => {
  switch (check.kind) {
    case "tools-list":
      return "Smoke: tools/list";
    case "hosting":
      return "Hosting check";
    case "canary":
      return check.tool ? `Canary: ${check.tool}` : "Canary";
    case "tool-call":
      return check.tool ?? "Tool call";
  }
};
