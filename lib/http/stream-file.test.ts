import { expect, test } from "vitest";
import { createFileStreams } from "./stream-file.ts";

const options = { streamsMax: 2, idleMsMax: 60_000 };
const never = (error: unknown): never => {
  throw error;
};

/** Pieces that tell how many were asked for, and whether they were left. */
function pieces(count: number, failAt = Number.POSITIVE_INFINITY) {
  const state = { asked: 0, isLeft: false };
  async function* chunks(): AsyncGenerator<string, void> {
    try {
      for (let piece = 1; piece <= count; piece++) {
        state.asked = piece;
        if (piece === failAt) throw new Error("the database went away");
        yield `piece ${piece}\n`;
      }
    } finally {
      state.isLeft = true;
    }
  }
  return { state, file: { contentType: "text/plain", fileName: "a.txt", chunks: chunks() } };
}

test("a file arrives whole, as a download with its name", async () => {
  const { file } = pieces(3);
  const response = createFileStreams(options).respond(file, never);
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="a.txt"');
  expect(await response.text()).toBe("piece 1\npiece 2\npiece 3\n");
});

test("nothing is made before it is read, and nothing more once the reader has gone", async () => {
  const { file, state } = pieces(1_000_000);
  const reader = createFileStreams(options).respond(file, never).body?.getReader();
  expect(state.asked).toBe(0);
  await reader?.read();
  await reader?.read();
  expect(state.asked).toBe(2);
  await reader?.cancel();
  expect(state).toEqual({ asked: 2, isLeft: true });
});

test("a failure in the middle breaks the file off and is told; a short file never looks whole", async () => {
  const { file, state } = pieces(5, 3);
  const failures: unknown[] = [];
  const response = createFileStreams(options).respond(file, (error) => failures.push(error));
  await expect(response.text()).rejects.toThrow("the database went away");
  expect(failures).toHaveLength(1);
  expect(state.isLeft).toBe(true);
});

test("a reader who takes nothing is left after a while", async () => {
  const { file, state } = pieces(5);
  const told = Promise.withResolvers<unknown>();
  const response = createFileStreams({ ...options, idleMsMax: 5 }).respond(file, told.resolve);
  expect(await told.promise).toMatchObject({ code: "timeout" });
  await expect(response.text()).rejects.toThrow("Nobody reads");
  expect(state.asked).toBe(0);
});

test("files beyond the bound are refused until one has ended, however it ended", async () => {
  const streams = createFileStreams(options);
  const first = streams.respond(pieces(1).file, never);
  const second = streams.respond(pieces(2).file, never);
  expect(() => streams.respond(pieces(1).file, never)).toThrow("Too many exports");
  await first.text();
  await second.body?.cancel();
  for (let time = 0; time < 5; time++) await streams.respond(pieces(1).file, never).text();
});
