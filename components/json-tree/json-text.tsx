import { VisibleText } from "#components/log-stream/log-message.tsx";
import { redactionPieces } from "#lib/client/redaction.ts";

/** Text out of JSON: what was redacted in the colour of warnings, unseen characters as signs. */
export const JsonText = ({ text }: { text: string }) =>
  redactionPieces(text).map((piece, index) =>
    piece.isRedacted ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
      <span key={index} className="text-warn">
        {piece.text}
      </span>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
      <VisibleText key={index} text={piece.text} />
    ),
  );
