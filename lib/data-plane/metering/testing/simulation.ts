import type { LeaseScope, LeaseStore } from "#lib/domain/ledger/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { AgentEntry } from "../../directory/index.ts";
import { layersOf } from "../layers.ts";
import type { Reservation } from "../lease.ts";
import { LeaseBook } from "../lease-book.ts";
import { ModelLedger, type ModelSettlement } from "./model-ledger.ts";
import { randomOf, VirtualTime } from "./virtual-time.ts";

/** What is broken on purpose, to see that a simulation finds it. */
export type Defect =
  /** The node believes in leases for ten times as long as it has them. */
  | "ttl_not_honoured"
  /** The node gives everything back twice. */
  | "double_release"
  /** A call costs more than it set aside. */
  | "hold_below_price"
  /** The ledger counts a call again when it is settled again. */
  | "settled_twice"
  /** The ledger renews leases of a cap that was lowered. */
  | "renewed_over_cap"
  /** The ledger gives room away that calls still hold. */
  | "returned_at_expiry"
  /** The node gives back what a call still holds. */
  | "released_while_held";

export interface Simulated {
  /** What was promised and did not hold; null: nothing. */
  violation: string | null;
  calls: number;
  denied: number;
  trips: number;
}

const NODES = 20;
const RUN_MS = 9_000;
const CALL_MS_MAX = 2_000;
/** How late a call may be settled: partitions and dead nodes included. */
const SETTLE_MS_MAX = 4_000;
/** By then every call is over and settled, and every lease of a dead node has ended. */
const END_MS = RUN_MS + 16_000;
const PRICE_CAP = 100n;
const UPKEEP_MS = 200;
/** A lowered cap counts within this time. */
const EFFECTIVE_MS = 2_000;

const ORGANIZATION: LeaseScope = { kind: "organization", id: "" };
const AGENTS = ["agt_1", "agt_2"] as const;

interface CapChange {
  atMs: number;
  cap: bigint;
}

/**
 * Twenty nodes with real lease books before a model of the ledger, in virtual time: messages are late, lost and doubled,
 * nodes are cut off, die and come back, clocks are wrong, caps change and a month ends. Whoever is told a seed sees the same.
 */
export async function simulate(seed: number, defect: Defect | null = null): Promise<Simulated> {
  return new Simulation(seed, defect).run();
}

class Simulation {
  readonly random: () => number;
  readonly time = new VirtualTime();
  readonly ledger: ModelLedger;
  readonly defect: Defect | null;
  readonly monthEndMs: number;
  readonly result: Simulated = { violation: null, calls: 0, denied: 0, trips: 0 };
  /** Scope and period → what calls cost that ended, and may cost that run. */
  readonly #committed = new Map<string, bigint>();
  readonly #charged = new Map<string, bigint>();
  readonly #caps = new Map<string, CapChange[]>();
  readonly #nodes: SimulatedNode[];
  #calls = 0;

  constructor(seed: number, defect: Defect | null) {
    this.random = randomOf(seed);
    this.defect = defect;
    this.monthEndMs = RUN_MS * (0.3 + 0.4 * this.random());
    this.ledger = new ModelLedger({
      nowMs: () => this.time.nowMs,
      monthOf: (ms) => this.monthOf(ms),
      deadAfterMs: CALL_MS_MAX + SETTLE_MS_MAX,
      countsTwice: defect === "settled_twice",
      renewsAlways: defect === "renewed_over_cap",
      returnsAtExpiry: defect === "returned_at_expiry",
    });
    this.#nodes = Array.from({ length: NODES }, (_, index) => new SimulatedNode(this, index));
  }

  monthOf(ms: number): string {
    return ms < this.monthEndMs ? "2026-11" : "2026-12";
  }

  get nextCallId(): string {
    return `call_${++this.#calls}`;
  }

  async run(): Promise<Simulated> {
    this.setCap(ORGANIZATION, BigInt(4_000 + Math.floor(this.random() * 30_000)));
    for (const id of AGENTS) {
      this.setCap({ kind: "agent", id }, BigInt(2_000 + Math.floor(this.random() * 12_000)));
      this.setCap({ kind: "user", id: `${id}\nada` }, BigInt(500 + Math.floor(this.random() * 5_000)));
    }
    for (let change = 0; change < 3; change++) this.time.at(this.random() * RUN_MS, () => this.#changeCap());
    // Any change of an agent makes its nodes give back what they have, calls or not.
    const changes = this.random() < 0.5 ? 40 : 0;
    for (let change = 0; change < changes; change++) {
      const node = this.#nodes[Math.floor(this.random() * NODES)];
      const id = AGENTS[this.random() < 0.5 ? 0 : 1];
      this.time.at(this.random() * RUN_MS, () => node?.drop(id));
    }
    for (let ms = 0; ms < END_MS; ms += 500) this.time.at(ms, () => this.ledger.returnDead());
    for (const node of this.#nodes) node.live();
    await this.time.run(RUN_MS);
    for (const node of this.#nodes) node.stopCalling();
    await this.time.run(END_MS);
    this.#judgeEnd();
    return this.result;
  }

  capsOf(id: string): AgentEntry {
    const capOf = (scope: LeaseScope): bigint => this.#capNow(scope);
    return {
      id,
      organizationId: "org_1",
      name: id,
      isPaused: false,
      pauseReason: null,
      serverIds: new Set(),
      budget: {
        monthlyCapMicros: capOf({ kind: "agent", id }),
        defaultUserCapMicros: capOf({ kind: "user", id: `${id}\nada` }),
        anonymousUserCapMicros: null,
        sessionCapMicros: null,
        userCaps: new Map(),
        onUnavailable: "deny",
        loopCallsPerMinuteMax: null,
      },
    };
  }

  /** A call was let run: together with all others it must not be able to exceed any cap. */
  admitted({ scopes, leases, amountMicros }: Reservation): void {
    this.result.calls++;
    scopes.forEach(({ scope }, index) => {
      const key = `${scope.kind} ${scope.id} ${leases[index]?.period ?? ""}`;
      const committed = (this.#committed.get(key) ?? 0n) + amountMicros;
      this.#committed.set(key, committed);
      const cap = this.#capSince(scope, this.time.nowMs - EFFECTIVE_MS);
      if (committed > cap) this.violated(`${key}: ${committed} of ${cap} may be spent`);
    });
  }

  ended({ scopes, leases, amountMicros }: Reservation, cost: bigint): void {
    scopes.forEach(({ scope }, index) => {
      const key = `${scope.kind} ${scope.id} ${leases[index]?.period ?? ""}`;
      const committed = (this.#committed.get(key) ?? 0n) - amountMicros + cost;
      this.#committed.set(key, committed);
      const charged = (this.#charged.get(key) ?? 0n) + cost;
      this.#charged.set(key, charged);
      const cap = this.#capSince(scope, this.time.nowMs - EFFECTIVE_MS - CALL_MS_MAX);
      if (charged > cap) this.violated(`${key}: ${charged} of ${cap} is spent`);
    });
  }

  violated(what: string): void {
    this.result.violation ??= `at ${Math.round(this.time.nowMs)} ms: ${what}`;
  }

  setCap(scope: LeaseScope, cap: bigint): void {
    const key = `${scope.kind} ${scope.id}`;
    this.#caps.set(key, [...(this.#caps.get(key) ?? []), { atMs: this.time.nowMs, cap }]);
    this.ledger.setCap(scope, cap);
  }

  #changeCap(): void {
    const id = AGENTS[this.random() < 0.5 ? 0 : 1];
    const scope: LeaseScope = { kind: "agent", id };
    const factor = this.random() * 2;
    const cap = BigInt(Math.floor(Number(this.#capNow(scope)) * factor));
    this.setCap(scope, cap);
    for (const node of this.#nodes) {
      // Not every node hears of it: renewal alone must be enough.
      if (this.random() < 0.5) this.time.after(this.random() * 1_500, () => node.drop(id));
    }
  }

  #capNow(scope: LeaseScope): bigint {
    return this.#caps.get(`${scope.kind} ${scope.id}`)?.at(-1)?.cap ?? 0n;
  }

  /** The largest cap that was in force at some time since then. */
  #capSince(scope: LeaseScope, sinceMs: number): bigint {
    const changes = this.#caps.get(`${scope.kind} ${scope.id}`) ?? [];
    const inForce = changes.findLast(({ atMs }) => atMs <= sinceMs);
    return changes
      .filter((change) => change === inForce || change.atMs > sinceMs)
      .map(({ cap }) => cap)
      .reduce(larger, 0n);
  }

  #judgeEnd(): void {
    for (const [key, charged] of this.#charged) {
      const [kind = "", id = "", period = ""] = key.split(" ");
      const spent = this.ledger.spent({ kind: kind as LeaseScope["kind"], id }, period);
      if (spent !== charged) this.violated(`${key}: ${charged} was charged, ${spent} is settled`);
    }
    for (const node of this.#nodes) {
      const { heldMicros } = node.book.stats;
      if (heldMicros !== 0n) this.violated(`${heldMicros} are still held although no call runs`);
    }
    if (this.ledger.leased() !== 0n) this.violated(`${this.ledger.leased()} are still leased`);
  }
}

const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);

const ignored = (): void => undefined;
const SILENT = { debug: ignored, info: ignored, warn: ignored, error: ignored };

class SimulatedNode {
  readonly #simulation: Simulation;
  readonly #name: string;
  /** Clocks run at other speeds, and show other times. */
  readonly #speed: number;
  readonly #wallOffsetMs: number;
  readonly #callEveryMs: number;
  /** Settlements on disk: they outlive the process. */
  readonly #spool = new Set<ModelSettlement>();
  #cutOffUntilMs = 0;
  #life = 0;
  #isCalling = true;
  book: LeaseBook;

  constructor(simulation: Simulation, index: number) {
    const { random } = simulation;
    this.#simulation = simulation;
    this.#name = `node-${index}`;
    this.#speed = 0.95 + 0.1 * random();
    this.#wallOffsetMs = (random() - 0.5) * 4_000;
    this.#callEveryMs = 300 + random() * 3_000;
    this.book = this.#start();
  }

  live(): void {
    const { random, time } = this.#simulation;
    time.after(random() * this.#callEveryMs, () => this.#call(this.#life));
    this.#upkeep();
    for (let cut = 0; cut < 2; cut++) {
      time.at(random() * RUN_MS, () => {
        this.#cutOffUntilMs = time.nowMs + random() * (SETTLE_MS_MAX - 700);
      });
    }
    if (random() < 0.2) time.at(random() * RUN_MS, () => this.#die());
  }

  stopCalling(): void {
    this.#isCalling = false;
  }

  drop(agentId: string): void {
    this.book.drop(agentId);
  }

  /** Killed: calls under way end unanswered and cost nothing; what is on disk is settled by the next life. */
  #die(): void {
    this.#life++;
    this.book = this.#start();
  }

  #start(): LeaseBook {
    const { time, monthEndMs } = this.#simulation;
    const bornMs = time.nowMs;
    const nowMs = (): number => time.nowMs + this.#wallOffsetMs;
    return new LeaseBook({
      store: this.#store(),
      clock: {
        // The month ends when the true clock reaches `monthEndMs`.
        nowMs: () => Date.UTC(2026, 11, 1) + (nowMs() - monthEndMs),
        monotonicMs: () => 1_000 + (time.nowMs - bornMs) * this.#speed,
      },
      log: SILENT,
      node: this.#name,
      epoch: `${this.#name}.${this.#life}`,
      liveNodes: () => NODES,
    });
  }

  #upkeep(): void {
    this.book.upkeep();
    if (!this.#isCalling && this.book.stats.leases === 0) return;
    this.#simulation.time.after(UPKEEP_MS / this.#speed, () => this.#upkeep());
  }

  #call(life: number): void {
    const { random, time } = this.#simulation;
    if (!this.#isCalling) return;
    const isBusy = Math.floor(time.nowMs / 3_000) % 2 === 0;
    time.after(random() * this.#callEveryMs * (isBusy ? 0.5 : 3), () => this.#call(this.#life));
    if (life !== this.#life) return;
    const agent = this.#simulation.capsOf(AGENTS[random() < 0.5 ? 0 : 1]);
    const spender = {
      organizationId: "org_1",
      agent,
      endUser: random() < 0.4 ? "ada" : null,
      session: null,
    };
    const { book } = this;
    const scopes = book.scopesOf(spender, layersOf(spender, true));
    const reserved = book.reserve(scopes, PRICE_CAP);
    if (reserved !== null) {
      this.#run(book, reserved);
      return;
    }
    void book.wait(scopes, PRICE_CAP).then((answer) => {
      if (book !== this.book) return;
      if ("leases" in answer) this.#run(book, answer);
      else this.#simulation.result.denied++;
    });
  }

  #run(book: LeaseBook, reservation: Reservation): void {
    const { random, time, defect } = this.#simulation;
    const simulation = this.#simulation;
    simulation.admitted(reservation);
    if (defect === "released_while_held") book.settle({ ...reservation, isOver: false }, 0n);
    time.after(random() ** 3 * CALL_MS_MAX, () => {
      const isDead = book !== this.book;
      const isFree = isDead || random() < 0.1;
      const over = defect === "hold_below_price" ? 3n : 1n;
      const cost = isFree ? 0n : over * BigInt(Math.floor(1 + random() * Number(PRICE_CAP)));
      simulation.ended(reservation, cost);
      if (isDead) return;
      if (defect !== "released_while_held")
        book.settle(reservation, defect === "hold_below_price" ? PRICE_CAP : cost);
      if (cost === 0n) return;
      const settlement: ModelSettlement = {
        callId: simulation.nextCallId,
        amountMicros: cost,
        draws: reservation.scopes.map(({ scope }, index) => ({
          scope,
          leaseId: reservation.leases[index]?.id ?? "",
          period: reservation.leases[index]?.period ?? "",
        })),
      };
      this.#spool.add(settlement);
      this.#settle(settlement, time.nowMs);
    });
  }

  /** Sends a settlement until it is known to have arrived; often once more. */
  #settle(settlement: ModelSettlement, sinceMs: number): void {
    const { random, time, ledger } = this.#simulation;
    const restMs = Math.max(0, sinceMs + SETTLE_MS_MAX - 600 - time.nowMs);
    time.after(Math.min(restMs, random() * 800), () => {
      const isLost = restMs > 0 && (this.#isCutOff || random() < 0.1);
      if (!isLost) ledger.settle(settlement);
      const isHeard = !isLost && random() < 0.85;
      if (isHeard) this.#spool.delete(settlement);
      else if (restMs > 0) this.#settle(settlement, sinceMs);
    });
  }

  get #isCutOff(): boolean {
    return this.#simulation.time.nowMs < this.#cutOffUntilMs;
  }

  /** The ledger over a bad network. */
  #store(): LeaseStore {
    const { defect, ledger, time } = this.#simulation;
    return {
      take: async (request) => {
        const askedMs = time.nowMs;
        const answer = await this.#exchange(() => ledger.take(request), true);
        if (!answer.ok) return answer;
        // A defective node counts from when the answer came, and far too long.
        const factor = defect === "ttl_not_honoured" ? 10 : 1;
        const late = defect === "ttl_not_honoured" ? time.nowMs - askedMs : 0;
        const grants = answer.grants.map((grant) => ({ ...grant, ttlMs: grant.ttlMs * factor + late }));
        return { ok: true, grants };
      },
      renew: (_organizationId, leaseIds) => this.#exchange(() => ledger.renew(leaseIds), true),
      release: (releases) =>
        this.#exchange(() => {
          ledger.release(releases);
          if (defect === "double_release") ledger.release(releases);
        }, false),
    };
  }

  /** A request that may come late, twice or never, and an answer that may come late or never. */
  #exchange<Answer>(ask: () => Answer, mayDouble: boolean): Promise<Answer> {
    const { random, time, result } = this.#simulation;
    result.trips++;
    time.stir();
    return new Promise((resolve, reject) => {
      const answered = (answerMs: number, tell: () => void): void =>
        time.after(answerMs, () => {
          time.stir();
          tell();
        });
      const lose = (): void => answered(limits.money.leaseTimeoutMs, () => reject(new Error("no answer")));
      if (this.#isCutOff || random() < 0.02) {
        lose();
        return;
      }
      const lateMs = random() < 0.05 ? random() * 1_900 : random() * 20;
      if (mayDouble && random() < 0.03) time.after(lateMs + random() * 3_000, ask);
      time.after(lateMs, () => {
        const answer = ask();
        if (this.#isCutOff || random() < 0.02) lose();
        else answered(random() < 0.05 ? random() * 2_500 : random() * 20, () => resolve(answer));
      });
    });
  }
}
