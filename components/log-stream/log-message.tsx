import type { ReactNode } from "react";
import { cn } from "#components/ui/class-names.ts";
import { type AnsiColour, parseAnsi, type TextStyle } from "#lib/client/log-stream/ansi.ts";
import type { MatchRanges } from "#lib/client/log-stream/find.ts";
import { visiblePieces } from "#lib/client/log-stream/visible-text.ts";

const COLOURS: Readonly<Record<AnsiColour, string>> = {
  black: "text-faint",
  red: "text-fail",
  green: "text-ok",
  yellow: "text-warn",
  blue: "text-info",
  magenta: "text-gateway",
  cyan: "text-runtime",
  white: "text-fg",
};

const styleClass = (style: TextStyle): string =>
  cn(
    style.colour && COLOURS[style.colour],
    style.bold && "font-semibold",
    style.dim && "opacity-70",
    style.italic && "italic",
    style.underline && "underline",
  );

interface Part {
  readonly text: string;
  readonly className: string;
  readonly isMatch: boolean;
}

/** The text cut at the borders of styles and of matches. Ranges count in the text without escape sequences. */
function partsOf(message: string, ranges: MatchRanges | null): Part[] {
  const parts: Part[] = [];
  let position = 0;
  for (const { text, style } of parseAnsi(message)) {
    const className = styleClass(style);
    let from = 0;
    for (let index = 0; ranges !== null && index < ranges.length; index += 2) {
      const start = Math.max(from, (ranges[index] ?? 0) - position);
      const end = Math.min(text.length, (ranges[index + 1] ?? 0) - position);
      if (end <= start) continue;
      if (start > from) parts.push({ text: text.slice(from, start), className, isMatch: false });
      parts.push({ text: text.slice(start, end), className, isMatch: true });
      from = end;
    }
    if (from < text.length) parts.push({ text: text.slice(from), className, isMatch: false });
    position += text.length;
  }
  return parts;
}

function pieceNodes(text: string, hasLinks: boolean): ReactNode[] {
  return visiblePieces(text).map((piece, index) => {
    if (piece.kind === "text" || (piece.kind === "link" && !hasLinks)) return piece.text;
    if (piece.kind === "sign") {
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
        <span key={index} title={piece.name} className="rounded-xs bg-raised text-faint">
          {piece.text}
        </span>
      );
    }
    return (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
        key={index}
        href={piece.text}
        target="_blank"
        rel="noopener noreferrer"
        className="underline decoration-faint/45 underline-offset-2 hover:decoration-current"
      >
        {piece.text}
      </a>
    );
  });
}

/** Text without escape sequences to heed: unseen characters as signs, links to the web; text nodes only. */
export const VisibleText = ({ text }: { text: string }) => pieceNodes(text, true);

interface LogMessageProps {
  message: string;
  ranges?: MatchRanges | null;
  isCurrentMatch?: boolean;
  /** False where a link cannot be, such as inside a button. */
  hasLinks?: boolean;
}

/** The text of a line: colours by whitelist, unseen characters as signs, links to the web; text nodes only. */
export function LogMessage({
  message,
  ranges = null,
  isCurrentMatch = false,
  hasLinks = true,
}: LogMessageProps) {
  return partsOf(message, ranges).map((part, index) => {
    if (part.isMatch) {
      return (
        <mark
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never move
          key={index}
          className={cn("rounded-xs", isCurrentMatch ? "bg-warn text-bg" : "bg-warn/30 text-fg")}
        >
          {pieceNodes(part.text, hasLinks)}
        </mark>
      );
    }
    const nodes = pieceNodes(part.text, hasLinks);
    return part.className === "" ? (
      nodes
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never move
      <span key={index} className={part.className}>
        {nodes}
      </span>
    );
  });
}
