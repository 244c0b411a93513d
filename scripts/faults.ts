import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { migrateDatabase } from "#lib/db/index.ts";
import { diagnoseNow } from "#lib/domain/diagnosis/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  FAULTS,
  type FaultResult,
  openFleet,
  runFaults,
  scoreLines,
  scoreOf,
} from "#lib/testing/faults/index.ts";

/**
 * `npm run faults -- [--only <id>[,<id>…]] [--json] [--at-once 3] [--explain]`: breaks a small real fleet in every way that
 * it knows, asks the diagnoser what is wrong, and prints what it said, the rank of the true cause, the time, and the score.
 * `--explain` adds the checks that failed or are unknown. Exit code 1 when a bar is missed.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "boolean", default: false },
    explain: { type: "boolean", default: false },
    "at-once": { type: "string", default: "3" },
  },
});
const only = values.only?.split(",");
const faults = FAULTS.filter(({ id }) => only === undefined || only.includes(id));
if (faults.length === 0) {
  console.error(`There is no such fault. There are:\n  ${FAULTS.map(({ id }) => id).join("\n  ")}`);
  process.exit(2);
}
const atOnce = Number(values["at-once"]);
if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 16) {
  console.error("Give --at-once a whole number from 1 to 16.");
  process.exit(2);
}

const directory = await mkdtemp(path.join(os.tmpdir(), "mcpstack-faults-"));
const postgres = await startEmbeddedPostgres({
  directory,
  password: "only-for-this-run",
  durable: false,
  endsWithParent: true,
  settings: { max_connections: "200", shared_buffers: "128MB" },
});
let isMissed = true;
try {
  const migrations = path.resolve(import.meta.dirname, "../drizzle/migrations");
  await migrateDatabase(postgres.url, migrations, Date.now(), limits.storage.partitionsAheadDays);
  const fleet = await openFleet(postgres.url);
  try {
    const results = await runFaults(fleet, diagnoseNow, faults, {
      atOnce,
      onResult: (result, diagnosis) => {
        if (values.json) return;
        console.log(lineOf(result));
        if (values.explain) console.log(explained(diagnosis));
      },
    });
    const score = scoreOf(results);
    if (values.json) console.log(JSON.stringify({ score, results }, null, 2));
    else console.log(["", ...scoreLines(score), ...score.missed].join("\n"));
    isMissed = score.missed.length > 0;
  } finally {
    await fleet.close();
  }
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit(isMissed ? 1 : 0);

/** One fault: right or not, what was said, the ranks of the true causes, and the times. */
function lineOf({
  id,
  kind,
  said,
  expected,
  ranks,
  isRight,
  diagnosedMs,
  error,
  headline,
}: FaultResult): string {
  const ranked = ranks.length === 0 ? "" : ` rank ${ranks.map((rank) => rank ?? "none").join(" and ")},`;
  const seconds = `${(diagnosedMs / 1_000).toFixed(1)} s`;
  const answer = error === null ? said.join(", ") : `no answer: ${error}`;
  const wanted = isRight ? "" : `\n         expected ${expected.join(" and ")}: ${headline}`;
  return `${isRight ? "ok   " : "WRONG"} ${kind.padEnd(8)} ${id.padEnd(38)} ${answer};${ranked} ${seconds}${wanted}`;
}

/** What the checks found that is not plainly well. */
function explained(diagnosis: Awaited<ReturnType<typeof diagnoseNow>>["diagnosis"] | null): string {
  const checks = diagnosis?.stages.flatMap((stage) => stage.checks) ?? [];
  const lines = checks
    .filter(({ status }) => status !== "pass" && status !== "skipped")
    .map(({ id, status, finding }) => `         ${status.padEnd(7)} ${id}: ${finding}`);
  const missing = (diagnosis?.missing ?? []).map(({ part, why }) => `         missing ${part}: ${why}`);
  return [...lines, ...missing].join("\n");
}
