import type { Alert, AlertDelivery, AlertEnd } from "#lib/contract/index.ts";
import type { Mail } from "../access/index.ts";

const ENDS: Readonly<Record<AlertEnd, { readonly subject: string; readonly text: string }>> = {
  over: { subject: "Over", text: "It is over." },
  worse: { subject: "Got worse", text: "It got worse. Another alert tells about that." },
  unwatched: {
    subject: "Not watched any more",
    text: "Nobody looks any more: its rule was turned off, or its server is not active. It may still be so.",
  },
};

/** An alert as an e-mail: what is wrong; or that it ended, how, what was wrong and from when to when. */
export function alertWords(
  { title, detail, firedAt, resolvedAt, endedAs, url }: Alert & { url: string },
  kind: AlertDelivery["kind"],
): Pick<Mail, "subject" | "text"> {
  const end = kind === "resolved" && endedAs !== null ? ENDS[endedAs] : null;
  const parts = end
    ? [title, end.text, `From ${firedAt} to ${resolvedAt}. Told when it began:`, detail, url]
    : [title, detail, url];
  return {
    subject: `[MCP Stack] ${end ? `${end.subject}: ` : ""}${title}`,
    text: `${parts.join("\n\n")}\n`,
  };
}
