import { isDeepStrictEqual } from "node:util";
import postgres, { type Sql } from "postgres";
import { agents, organizations } from "#drizzle/schema/index.ts";
import type { Database } from "#lib/db/index.ts";
import { timeOfUuid7 } from "#lib/kernel/ids.ts";
import type { Call, Command, Single } from "./commands.ts";
import { createDriver, type Driver } from "./driver.ts";
import { apply, type Bound, type BoundCall, leasesOf, type Model, newModel, priceOf } from "./model.ts";
import { expectedState, type State, storedState } from "./stored-state.ts";

const START_MS = Date.UTC(2026, 2, 30, 12);

/** Ids that sort in the order in which they were made, so that the model knows which of two equal grants is first. */
export function countingIds() {
  let made = 0;
  return {
    uuid(atMs = START_MS): string {
      made += 1;
      const time = Math.max(0, Math.floor(atMs)).toString(16).padStart(12, "0");
      const count = made.toString(16).padStart(18, "0");
      return `${time.slice(0, 8)}-${time.slice(8)}-7${count.slice(0, 3)}-8${count.slice(3, 6)}-${count.slice(6)}`;
    },
  };
}

/** Inserts the price versions that the commands choose from. */
export async function insertPrices(database: Database): Promise<void> {
  await database.sql`
    insert into plan_versions (plan, version, name, caps, per_call_micros, per_100ms_micros, per_64kib_micros, effective_at)
    values ('model', 1, 'Model', '{}', 100, 5, 10, '2026-01-01'), ('model', 2, 'Model', '{}', 250, 0, 1, '2026-01-02'),
      ('model', 3, 'Model', '{}', 1, 70, 300, '2026-01-03')`;
}

/** Connections that look: their statements are planned once, since they are all alike. */
export const openLooking = (url: string): Sql => postgres(url, { max: 2, onnotice: () => undefined });

/**
 * Runs a sequence of commands against the ledger and the model, in an organization of its own. After each step the answer,
 * everything that is stored and every promise must be as the model says. Throws at the first difference.
 */
export async function runSequence(
  database: Database,
  looking: Sql,
  ids: ReturnType<typeof countingIds>,
  commands: readonly Command[],
): Promise<void> {
  const organizationId = `org_${ids.uuid()}`;
  const agentIds = [`agt_${ids.uuid()}`, `agt_${ids.uuid()}`];
  await database.db.insert(organizations).values({ id: organizationId, slug: organizationId, name: "Model" });
  await database.db.insert(agents).values(agentIds.map((id) => ({ organizationId, id, name: id })));
  const model = newModel(START_MS, agentIds);
  const driver = createDriver(database, { organizationId, ids, now: () => model.now, agentIds });
  for (const [step, command] of commands.entries()) {
    await doCommand(model, driver, ids, command, async (candidates) => {
      const stored = await storedState(looking, organizationId);
      const match = candidates.find(
        ({ model, answers, given }) =>
          isDeepStrictEqual(answers, given) && isDeepStrictEqual(expectedState(model), stored),
      );
      if (!match) throw new Error(differences(step, command, candidates, stored));
      return match.model;
    });
  }
  const { text } = await driver.run({ do: "reconcile", isFull: true }, model);
  if (text !== "balanced") throw new Error(`after all steps: ${text}`);
}

interface Candidate {
  model: Model;
  answers: string[];
  given: string[];
}

/** Does one command on both sides; `check` answers which of the possible outcomes it was. */
async function doCommand(
  model: Model,
  driver: Driver,
  ids: ReturnType<typeof countingIds>,
  command: Command,
  check: (candidates: Candidate[]) => Promise<Model>,
): Promise<void> {
  switch (command.do) {
    case "wait":
      model.now += command.ms;
      return;
    case "setClock":
      model.now -= command.backMs;
      return;
    case "price":
      model.price = command.version;
      return;
    case "pause": {
      const agent = model.agents[command.agent];
      if (agent) agent.paused = command.isPaused;
      return driver.pause(command);
    }
    case "cap": {
      const agent = model.agents[command.agent];
      if (!agent) return;
      if (command.of !== "user") agent[command.of] = command.cap;
      else if (command.cap === null) delete agent.users["user-0"];
      else agent.users["user-0"] = command.cap;
      return driver.cap(command);
    }
    case "both": {
      const first = bind(model, ids, command.first);
      const second = bind(model, ids, command.second);
      const [one, other] = await Promise.all([driver.run(first, model), driver.run(second, model)]);
      const inOrder = structuredClone(model);
      const reversed = structuredClone(model);
      const forth = [apply(inOrder, first), apply(inOrder, second)];
      const back = [apply(reversed, second), apply(reversed, first)];
      for (const candidate of [inOrder, reversed]) {
        for (const { leases } of [one, other]) nameLeases(candidate, leases);
      }
      const chosen = await check([
        { model: inOrder, answers: forth, given: [one.text, other.text] },
        { model: reversed, answers: back, given: [other.text, one.text] },
      ]);
      Object.assign(model, chosen);
      return;
    }
    default: {
      const bound = bind(model, ids, command);
      const given = await driver.run(bound, model);
      const answer = apply(model, bound);
      nameLeases(model, given.leases);
      await check([{ model, answers: [answer], given: [given.text] }]);
    }
  }
}

/** Chooses what the command speaks of: the same for the model and the ledger. */
function bind(model: Model, ids: ReturnType<typeof countingIds>, command: Single): Bound {
  switch (command.do) {
    case "purchase":
      return { ...command, ids: [`pay_${ids.uuid()}`] };
    case "clawBack":
    case "giveBack":
      return { ...command, ids: model.payments.length > 0 ? [pick(model.payments, command.payment).id] : [] };
    case "release":
      return { ...command, ids: model.leases.length > 0 ? [pick(model.leases, command.lease).id ?? ""] : [] };
    case "settle":
    case "abortSettle":
      return { ...command, bound: command.calls.map((call) => bindCall(model, ids, call)) };
    default:
      return command;
  }
}

function bindCall(model: Model, ids: ReturnType<typeof countingIds>, call: Call): BoundCall {
  const id =
    call.again !== null && model.calls.length > 0
      ? pick(model.calls, call.again).id
      : ids.uuid(model.now - call.ageMs);
  const leases = leasesOf(model, call);
  return {
    id,
    countedAt: timeOfUuid7(id),
    amount: priceOf(model, call),
    price: model.price,
    call,
    leases: {
      organization: leases.organization?.id ?? null,
      agent: leases.agent?.id ?? null,
      user: leases.user?.id ?? null,
      session: leases.session?.id ?? null,
    },
  };
}

function pick<Item>(items: readonly Item[], place: number): Item {
  const item = items[place % items.length];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** Leases get their ids from the ledger. */
function nameLeases(
  model: Model,
  leases: readonly { kind: string; scope: string; period: string; node: number; id: string }[],
) {
  for (const named of leases) {
    const lease = model.leases.findLast(
      (l) =>
        l.kind === named.kind &&
        l.scope === named.scope &&
        l.period === named.period &&
        l.node === named.node,
    );
    if (lease) lease.id = named.id;
  }
}

function differences(step: number, command: Command, candidates: Candidate[], stored: State): string {
  const text = (value: unknown) =>
    JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? `${item}n` : item), 1);
  const parts = candidates.map(({ model, answers, given }) => {
    const expected = expectedState(model);
    const off = (Object.keys(expected) as (keyof State)[]).filter(
      (key) => !isDeepStrictEqual(expected[key], stored[key]),
    );
    return text({
      answers: isDeepStrictEqual(answers, given) ? "as expected" : { expected: answers, given },
      ...Object.fromEntries(off.map((key) => [key, { expected: expected[key], stored: stored[key] }])),
    });
  });
  return `step ${step}, ${text(command)}: ${parts.join("\nor ")}`;
}
