import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Question } from "../question.ts";
import { NotCollected } from "./section.ts";

/** The window and the one before it as bounds of ids: the second begins where the first ends. */
export const idsOf = ({ window, before }: Pick<Question, "window" | "before">) => ({
  beforeFromId: uuid7Floor(before.fromMs),
  fromId: uuid7Floor(window.fromMs),
  toId: uuid7Floor(window.toMs),
});

/** How far back changes may be that explain what is seen in the window. */
export const changesFromMs = ({ window }: Pick<Question, "window">): number =>
  window.fromMs - limits.incidents.changesBeforeMs;

/** The server that is asked about. Throws when none is. */
export function askedServer({ subject }: Pick<Question, "subject">) {
  if (subject.server === null) throw new NotCollected("not_applicable", "No server was named.");
  return subject.server;
}

/** The same, for what only a server that is there can tell. */
export function presentServer(question: Pick<Question, "subject">) {
  const server = askedServer(question);
  if (server.isDeleted) throw new NotCollected("not_applicable", "The server was deleted.");
  return server;
}

export function askedAgent({ subject }: Pick<Question, "subject">) {
  if (subject.agent === null) throw new NotCollected("not_applicable", "No agent was named.");
  return subject.agent;
}

/** Throws for a window of which the server keeps nothing any more. A server that keeps no history never had any. */
export function assertIsKept(question: Question, nowMs: number): void {
  const { retentionDays } = askedServer(question);
  const keptFromMs = nowMs - retentionDays * 24 * 3_600_000;
  if (retentionDays > 0 && question.window.toMs <= keptFromMs)
    throw new NotCollected(
      "failed",
      `The window is older than the ${retentionDays} days of history that this server keeps.`,
    );
}
