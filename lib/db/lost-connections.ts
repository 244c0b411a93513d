import type { Sql, TransactionSql } from "postgres";

/** How a statement fails whose connection ended, or is about to: what the driver says, the socket, or the server. */
const LOST: ReadonlySet<unknown> = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
]);

type Body = (tx: TransactionSql) => unknown;
/** What the driver's statements have beyond their types: who sends them, and how they fail. */
interface Statement {
  handler(statement: Statement): unknown;
  reject(error: unknown): void;
}
/** The connection of one transaction; `error` is why it was lost. */
interface Fate {
  error: unknown;
}

/**
 * Makes the transactions of `sql` fail when their connection is lost. The driver ends the whole process when anything is
 * sent on such a connection before it is made again (porsager/postgres#1208, in 3.4.9), and it sends a rollback itself.
 * So what a body asks for after the loss fails at once, and a body that fails by the loss never ends for the driver, which
 * then has nothing to roll back: its `begin` fails when the connection closes, as it always did.
 */
export function surviveLostConnections(sql: Sql): Sql {
  const begin = sql.begin.bind(sql) as (options: string, body: Body) => Promise<unknown>;
  const guardedBegin = (first: string | Body, second?: Body): Promise<unknown> => {
    const [options, body] = typeof first === "function" ? ["", first] : [first, second];
    if (!body) throw new TypeError("A transaction needs a body.");
    const fate: Fate = { error: null };
    const outcome = begin(options, (tx) => lived(body, guarded(tx, fate), fate));
    // It fails at once when the connection closes, also while the body waits for something else.
    outcome.catch((error: unknown) => {
      fate.error ??= error;
    });
    return outcome;
  };
  return Object.assign(sql, { begin: guardedBegin });
}

/** What the body comes to, as long as the connection lives; after that nobody hears it. */
async function lived(body: Body, tx: TransactionSql, fate: Fate): Promise<unknown> {
  try {
    const given = body(tx);
    // As the driver does it: a body may answer statements that are under way.
    const result = await (Array.isArray(given) ? Promise.all(given) : given);
    if (fate.error === null) return result;
  } catch (error) {
    if (fate.error === null) throw error;
  }
  return new Promise(() => undefined);
}

const guarded = (tx: TransactionSql, fate: Fate): TransactionSql =>
  new Proxy(tx, {
    apply: (target, self, args) => watched(Reflect.apply(target, self, args), fate),
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== "unsafe" || typeof value !== "function") return value;
      return (...args: unknown[]) => watched(Reflect.apply(value, target, args), fate);
    },
  });

/** Notes when the statement fails by the loss of its connection; after that it is not even sent. */
function watched<Result>(result: Result, fate: Fate): Result {
  if (!(result instanceof Promise)) return result;
  const statement = result as unknown as Statement;
  const send = statement.handler;
  const fail = statement.reject;
  statement.handler = (sent) => (fate.error === null ? send(sent) : fail(fate.error));
  statement.reject = (error) => {
    if (LOST.has((error as { code?: unknown } | null)?.code)) fate.error ??= error;
    fail(error);
  };
  return result;
}
