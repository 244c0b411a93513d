/** What the operator gets to know when everything runs. */
export interface WelcomeFacts {
  publicUrl: string;
  dataDir: string;
  /** `<publicUrl>/setup?token=…` when nobody has an account yet. */
  setupUrl: string | null;
  sample: SampleFacts | "preparing" | null;
}

export interface SampleFacts {
  organizationSlug: string;
  serverSlug: string;
  email: string;
  /** Null when the owner chose another one. */
  password: string | null;
  /** `published`: the server answers. `removed`: a user deleted it, and it stays so. */
  state: "preparing" | "published" | "removed";
}

/** True when `details` is what the sample role announces. */
export const isSampleFacts = (details: unknown): details is SampleFacts =>
  typeof details === "object" && details !== null && "serverSlug" in details && "email" in details;

/** The text for the terminal. */
export function welcome({ publicUrl, dataDir, setupUrl, sample }: WelcomeFacts): string {
  const lines = ["", `  MCP Stack runs at ${publicUrl}`, ""];
  if (setupUrl)
    lines.push("  Make the first owner (this link works once, for a day):", `    ${setupUrl}`, "");
  if (sample === "preparing")
    lines.push("  The sample organization is still being prepared; see logs/sample.log.", "");
  else if (sample) {
    lines.push(...signIn(sample), "");
    if (sample.state !== "removed") lines.push(...whatToTry(publicUrl, sample), "");
  }
  lines.push(`  Data and logs: ${dataDir}`, "  Stop: Ctrl-C", "");
  return lines.join("\n");
}

const signIn = ({ email, password }: SampleFacts): string[] => [
  `  Sign in    ${email}`,
  `  Password   ${password ?? "the one you chose"}${password ? "   (made for this data directory)" : ""}`,
];

const whatToTry = (publicUrl: string, { organizationSlug, serverSlug, state }: SampleFacts): string[] => [
  "  Try",
  `    1. Open ${publicUrl}/${organizationSlug}/servers/${serverSlug} and press View Logs.`,
  `    2. Call a tool, on the page or with any MCP client: ${publicUrl}/mcp/${serverSlug}`,
  "    3. See the lines in the window and the call in the request log.",
  ...(state === "published" ? [] : [`    (${serverSlug} is still being published; see logs/sample.log.)`]),
];
