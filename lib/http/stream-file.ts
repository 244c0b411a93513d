import { DomainError } from "#lib/kernel/errors.ts";
import type { StreamedFile } from "./define-route.ts";

export interface FileStreamsOptions {
  /** Files that are sent at the same time. */
  streamsMax: number;
  /** How long a file waits for its reader to take the next piece. */
  idleMsMax: number;
}

/** Sends files while they are written. */
export interface FileStreams {
  /**
   * A response that asks `file` for a piece when the piece before has been taken, and leaves it when the reader goes. A
   * failure, and a reader who takes nothing for too long, breaks the response off, so that nobody takes a part for the
   * whole; `onFailure` is told. Throws `rate_limited` when too many files are being sent.
   */
  respond(file: StreamedFile, onFailure: (error: unknown) => void): Response;
}

export function createFileStreams({ streamsMax, idleMsMax }: FileStreamsOptions): FileStreams {
  let streams = 0;
  return {
    respond(file, onFailure) {
      if (streams >= streamsMax) {
        throw new DomainError("rate_limited", "Too many exports are running. Try again when one has ended.", {
          retryAfterSeconds: 10,
        });
      }
      streams += 1;
      let isOver = false;
      const over = () => {
        if (!isOver) streams -= 1;
        isOver = true;
      };
      return new Response(fileStream(file.chunks, { idleMsMax, onFailure, over }), {
        headers: {
          "content-type": file.contentType,
          "content-disposition": `attachment; filename="${file.fileName}"`,
          ...file.headers,
        },
      });
    },
  };
}

interface FileStreamHooks {
  idleMsMax: number;
  onFailure(error: unknown): void;
  over(): void;
}

function fileStream(
  chunks: AsyncIterable<string | Uint8Array>,
  { idleMsMax, onFailure, over }: FileStreamHooks,
): ReadableStream<Uint8Array> {
  const pieces = chunks[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let idle: NodeJS.Timeout | undefined;
  const leave = async () => {
    clearTimeout(idle);
    over();
    await pieces.return?.();
  };
  const breakOff = async (controller: ReadableStreamDefaultController<Uint8Array>, error: unknown) => {
    onFailure(error);
    controller.error(error);
    await leave();
  };
  const waitForReader = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    idle = setTimeout(() => {
      void breakOff(controller, new DomainError("timeout", "Nobody reads this export.")).catch(onFailure);
    }, idleMsMax);
    idle.unref();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: waitForReader,
      async pull(controller) {
        clearTimeout(idle);
        try {
          const piece = await pieces.next();
          if (piece.done) {
            over();
            controller.close();
            return;
          }
          const { value } = piece;
          controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
          waitForReader(controller);
        } catch (error) {
          await breakOff(controller, error);
        }
      },
      cancel: leave,
    },
    // Nothing is made before it is asked for.
    { highWaterMark: 0 },
  );
}
