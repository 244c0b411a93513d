import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";

/** A program for tests: starts the embedded database by the options in its first argument, says so, and waits to be killed. */
const options = JSON.parse(process.argv[2] ?? "") as Parameters<typeof startEmbeddedPostgres>[0];
const { url, pid, adopted, owner } = await startEmbeddedPostgres(options);
process.stdout.write(`${JSON.stringify({ url, pid, adopted, owner })}\n`);
process.stdin.resume();
process.stdin.once("end", () => process.exit(0));
