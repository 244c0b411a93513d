import { writeSync } from "node:fs";
import { openDatabase } from "#lib/db/index.ts";
import { writeRequestFacts } from "#lib/domain/requests/index.ts";
import { eventOf, groupsOf, type Plan } from "./deliveries.ts";

/** Writes groups of events on several connections, and says the number of each on stdout once it is durable. */
export interface WriterOrder {
  readonly url: string;
  readonly plan: Plan;
  readonly connections: number;
  /** Groups before this one are written. */
  readonly from: number;
  /** Those after it that are, too. */
  readonly written: readonly number[];
}

const { url, plan, connections, from, written } = JSON.parse(process.argv[2] ?? "{}") as WriterOrder;
const database = openDatabase({
  url,
  connectionsMax: connections,
  applicationName: "writer",
  statementTimeoutMs: 0,
});
const groups = groupsOf(plan);
const isWritten = new Set(written);
let next = from;

async function writeOn(): Promise<void> {
  for (let group = next++; group < groups.length; group = next++) {
    const events = groups[group];
    if (events === undefined || isWritten.has(group)) continue;
    const facts = Array.from(events, (index) => eventOf(plan, index));
    await writeRequestFacts(database, { facts, region: "here", node: "writer" });
    writeSync(1, `${group}\n`);
  }
}

await Promise.all(Array.from({ length: connections }, writeOn));
await database.close();
