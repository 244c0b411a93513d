import { limits } from "#lib/kernel/limits.ts";
import type { MessageBodies, RequestFact } from "./facts.ts";

export interface BodyDeskOptions {
  /** What may be kept of what was said; null when nothing may. */
  clean(serverId: string, bodies: MessageBodies): MessageBodies | null;
  /** Takes a request whose bodies are clean. Never throws. */
  pass(fact: RequestFact): void;
  factsMax?: number;
}

/**
 * Takes secrets out of message bodies after the exchange is over: a few in each turn, so that nobody waits for it. A
 * request that comes while too many wait goes on without its bodies.
 */
export interface BodyDesk {
  take(fact: RequestFact): void;
  /** Cleans all that waits, now. */
  finish(): void;
  /** Requests whose bodies were given up. */
  unrecorded(): number;
}

export function createBodyDesk({ clean, pass, factsMax }: BodyDeskOptions): BodyDesk {
  const { bodiesWaitingMax, bodiesPerTurnMax } = limits.writer;
  let waiting: RequestFact[] = [];
  let unrecorded = 0;
  let next: NodeJS.Immediate | undefined;

  const work = (factsAtOnceMax: number): void => {
    next = undefined;
    const turn = waiting.slice(0, factsAtOnceMax);
    waiting = waiting.slice(factsAtOnceMax);
    if (waiting.length > 0) schedule();
    for (const fact of turn) {
      pass({ ...fact, bodies: fact.bodies ? clean(fact.serverId, fact.bodies) : null });
    }
  };
  const schedule = (): void => {
    next ??= setImmediate(() => work(bodiesPerTurnMax));
  };

  return {
    take(fact) {
      if (waiting.length >= (factsMax ?? bodiesWaitingMax)) {
        unrecorded += 1;
        pass({ ...fact, bodies: null });
        return;
      }
      waiting.push(fact);
      schedule();
    },
    finish() {
      if (next) clearImmediate(next);
      work(waiting.length);
    },
    unrecorded: () => unrecorded,
  };
}
