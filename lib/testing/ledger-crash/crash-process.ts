import { writeSync } from "node:fs";
import { actorOf, OPERATIONS } from "./operations.ts";
import { openWatchedDatabase } from "./watched-database.ts";
import { leasesOf, worldOf } from "./world.ts";

/**
 * Does one operation and kills itself: right before its `place`-th statement is sent, right after that was handed to the
 * socket, or when the whole operation was acknowledged. Says `acknowledged` when the operation ended before.
 */
export interface CrashOrder {
  readonly url: string;
  readonly applicationName: string;
  readonly serial: number;
  readonly operation: string;
  readonly life: number;
  readonly when: "before" | "in flight" | "acknowledged";
  readonly place: number;
}

const order = JSON.parse(process.argv[2] ?? "{}") as CrashOrder;
const operation = OPERATIONS[order.operation];
if (operation === undefined) throw new Error(`there is no operation ${order.operation}`);
const die = () => process.kill(process.pid, "SIGKILL");

let isArmed = false;
let seen = 0;
const database = openWatchedDatabase(order.url, order.applicationName, () => {
  if (!isArmed || order.when === "acknowledged" || seen++ !== order.place) return;
  if (order.when === "before") die();
  // The driver writes in the next turn: one later it has left this process.
  setImmediate(() => setImmediate(die));
});
const world = worldOf(order.serial);
const actor = actorOf(database, world, await leasesOf(database.sql, world), {
  life: order.life,
  afterMs: operation.afterMs,
});
isArmed = true;
await operation.run(actor);
writeSync(1, "acknowledged");
die();
