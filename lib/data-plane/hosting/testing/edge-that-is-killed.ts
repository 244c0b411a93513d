/** A stand-in for an edge: starts one hosted server in the run directory it is given, says so, and waits to be killed. */
import { createHostingFixture, pidsOf } from "./hosting-fixture.ts";
import { TENANT } from "./tenants.ts";

const runDir = process.argv[2] ?? "";
const host = createHostingFixture({ runDir });
await host.call(host.server(TENANT));
process.stdout.write(`${JSON.stringify({ pids: pidsOf(host) })}\n`);
setInterval(() => undefined, 60_000);
